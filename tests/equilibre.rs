//! Balance of offer and need, from small files as an office would send them: the golden figures of
//! published documents, travelling structures, what is missing, accessibility by hand.

use crate::commun::demo;
use crate::commun::essai::Essai;
use observatoire::indicators::{Figure, Niveau, Statut};
use observatoire::pipeline::CompteRendu;
use observatoire::quality::Motif;
use std::fmt::Write as _;
use std::fs;

fn lire(compte_rendu: &CompteRendu, code: &str, id: &str, modalite: &str) -> Figure {
    let niveau = if code == compte_rendu.code { Niveau::Territoire } else { Niveau::Commune };
    let figure = compte_rendu.table.figure(niveau, code, id, modalite, compte_rendu.annee);
    figure.unwrap_or_else(|| panic!("{code} {id} {modalite} n’est pas dans la table"))
}

fn valeur(compte_rendu: &CompteRendu, code: &str, id: &str) -> (Option<f64>, Statut) {
    let figure = lire(compte_rendu, code, id, "");
    (figure.valeur, figure.statut)
}

/// A list of agréments: so many people of so many places, in a commune, in a MAM or not.
fn agrements(groupes: &[(&str, &str, u32, &str)]) -> String {
    let mut texte = "Nom;Prénom;Date de naissance;Commune;Capacité;MAM;Crèche familiale\n".to_owned();
    let mut rang = 0;
    for (commune, places, nombre, mam) in groupes {
        for _ in 0..*nombre {
            rang += 1;
            let (mam, saf) = if *mam == "SAF" { ("", "oui") } else { (*mam, "") };
            let (jour, mois) = (rang % 28 + 1, rang / 28 % 12 + 1);
            writeln!(texte, "Fictive{rang};Anne;{jour:02}/{mois:02}/1980;{commune};{places};{mam};{saf}")
                .unwrap();
        }
    }
    texte
}

const TOURCOING: (&str, &str) = ("59599", "Tourcoing");

#[test]
fn tourcoing_a_un_ratio_local_de_32_virgule_3_et_non_le_taux_de_la_cnaf() {
    // 253 AM and 840 places: 246 at home (745), 7 here stand for the members of its 7 MAM (95 places are part
    // of the 840). 171 × 3 + 75 × 4 = 813 would do too: only the sums are published.
    let essai = Essai::new("2023-12-31", &[TOURCOING])
        .avec("pmi", "pmi", agrements(&[("Tourcoing", "3", 172, ""), ("Tourcoing", "4", 81, "")]))
        .avec(
            "structures",
            "structures",
            "Type;Nom;Commune;Places;Financement\nMulti-accueil;A;Tourcoing;311;PSU\nMulti-accueil;B;Tourcoing;84;PSU\nMicro-crèche;C;Tourcoing;55;PAJE\n",
        )
        .avec("imaje", "imaje", "Code commune;Commune;Enfants de moins de 3 ans\n59599;Tourcoing;3993\n");
    let compte_rendu = essai.lancer();
    assert_eq!(lire(&compte_rendu, "essai", "am_agrees", "").valeur, Some(253.0));
    assert_eq!(lire(&compte_rendu, "essai", "am_places", "").valeur, Some(840.0));
    let ratio = lire(&compte_rendu, "essai", "places_pour_100", "");
    assert_eq!((ratio.numerateur, ratio.denominateur), (Some(1290.0), Some(3993.0)));
    assert_eq!(ratio.valeur, Some(32.3));
    // Without a map, accessibility would only be the ratio again: it says nothing instead.
    assert_eq!(valeur(&compte_rendu, "essai", "accessibilite"), (None, Statut::NonDisponible));
}

#[test]
fn ni_mam_ni_creche_familiale_ne_comptent_deux_fois() {
    // Four childminders at home (12 places), three in a MAM (12), two employed by the crèche familiale (6, whose
    // 6 places are its own). The census lists the MAM and the crèche familiale too.
    let essai = Essai::new("2024-12-31", &[("96001", "Aubrelonde")])
        .avec(
            "pmi",
            "pmi",
            agrements(&[
                ("Aubrelonde", "3", 4, ""),
                ("Aubrelonde", "4", 3, "MAM Les Lutins"),
                ("Aubrelonde", "3", 2, "SAF"),
            ]),
        )
        .avec(
            "structures",
            "structures",
            "Type;Nom;Commune;Places;Financement\nMAM;MAM Les Lutins;Aubrelonde;12;\nCrèche familiale;Crèche familiale A;Aubrelonde;6;PSU\nMulti-accueil;B;Aubrelonde;20;PSU\n",
        );
    let compte_rendu = essai.lancer();
    let lire = |id, modalite| lire(&compte_rendu, "96001", id, modalite).valeur;
    assert_eq!((lire("am_places", ""), lire("am_places", "mam")), (Some(24.0), Some(12.0)));
    assert_eq!(lire("am_places", "creche_familiale"), Some(6.0));
    assert_eq!((lire("eaje", ""), lire("eaje_places", "")), (Some(2.0), Some(26.0)));
    assert_eq!(lire("places_total", ""), Some(24.0 + 26.0));
}

const TROIS: [(&str, &str); 3] = [("96001", "Aubrelonde"), ("96002", "Bourdelle"), ("96003", "Clairval")];

#[test]
fn un_itinerant_est_compte_une_fois_et_ses_places_la_ou_il_s_arrete() {
    let essai = Essai::new("2024-12-31", &TROIS).avec(
        "structures",
        "structures",
        "Type;Nom;Commune;Places;Financement;Demi-journées\nHalte-garderie itinérante;Le Bébébus;Aubrelonde;12;PSU;2\nHalte-garderie itinérante;Le Bébébus;Bourdelle;12;PSU;5\nHalte-garderie itinérante;Le Bébébus;Clairval;12;PSU;3\nMicro-crèche;B;Clairval;10;PAJE;\n",
    );
    let compte_rendu = essai.lancer();
    let lire = |code, id, modalite| lire(&compte_rendu, code, id, modalite).valeur;
    let communes = TROIS.map(|(code, _)| code);
    assert_eq!(communes.map(|c| lire(c, "eaje", "").unwrap()), [0.0, 1.0, 1.0]);
    assert_eq!(lire("essai", "eaje", ""), Some(2.0));
    // 12 places, 10 half-days: 2.4, 6 and 3.6, to one sixty-fourth; the sum is 12, exactly.
    let places = communes.map(|c| lire(c, "eaje_places", "type:halte_garderie").unwrap());
    for (place, attendue) in places.iter().zip([2.4, 6.0, 3.6]) {
        assert!((place - attendue).abs() < 1.0 / 64.0, "{places:?}");
    }
    assert_eq!(places.iter().sum::<f64>(), 12.0);
    assert_eq!(lire("essai", "eaje_places", "financement:psu"), Some(12.0));
    assert_eq!(lire("essai", "eaje_places", ""), Some(22.0));
    // Where it stops, there is an offer; no list of agréments says whether childminders work elsewhere.
    for code in communes {
        assert_eq!(valeur(&compte_rendu, code, "sans_offre"), (Some(0.0), Statut::Observe), "{code}");
    }
}

/// Only communes with an offer are known then: their sum would be zero by construction.
#[test]
fn sans_liste_personne_ne_dit_combien_de_communes_sont_sans_offre() {
    let structures = "Type;Nom;Commune;Places\nMicro-crèche;B;Clairval;10\n";
    let lu = Essai::new("2024-12-31", &TROIS).avec("structures", "structures", structures).lancer();
    assert_eq!(valeur(&lu, "96003", "sans_offre"), (Some(0.0), Statut::Observe));
    let territoire = lire(&lu, "essai", "sans_offre", "");
    assert_eq!((territoire.valeur, territoire.statut), (None, Statut::NonDisponible));
}

#[test]
fn une_commune_sans_offre_n_est_pas_une_commune_inconnue() {
    let pmi = agrements(&[("Aubrelonde", "3", 2, "")]);
    let communes = TROIS.map(|(code, _)| code);
    // The relais has checked: nobody there.
    let cles = format!("date = 2024-12-31\npersonne_dans = [\"{}\", \"{}\"]", communes[1], communes[2]);
    let liste = || Essai::new("2024-12-31", &TROIS).avec_cles("pmi", "pmi", &cles, pmi.clone());
    let sans_structures = liste().lancer();
    let lues = communes.map(|c| valeur(&sans_structures, c, "sans_offre"));
    // No census: a commune without childminder may have a crèche.
    assert_eq!(lues[0], (Some(0.0), Statut::Observe));
    assert_eq!([lues[1], lues[2]], [(None, Statut::NonDisponible); 2]);
    assert_eq!(lire(&sans_structures, "essai", "sans_offre", "am").valeur, Some(2.0));

    let complet = liste()
        .avec("structures", "structures", "Type;Nom;Commune;Places\nMicro-crèche;B;Clairval;\n")
        .lancer();
    // A micro-crèche whose places are not known is there all the same.
    let lues = communes.map(|c| valeur(&complet, c, "sans_offre").0);
    assert_eq!(lues, [Some(0.0), Some(1.0), Some(0.0)]);
    assert_eq!(lire(&complet, "essai", "sans_offre", "").valeur, Some(1.0));
}

/// Bas-Pays, 2023: "communes with no active AM: Vieille-Chapelle, Givenchy-lès-la-Bassée". They may well have
/// childminders who hold an agrément.
#[test]
fn bas_pays_deux_communes_sans_am_en_activite_mais_pas_sans_offre() {
    let communes = [
        ("62851", "Vieille-Chapelle"),
        ("62373", "Givenchy-lès-la-Bassée"),
        ("62195", "Calonne-sur-la-Lys"),
        ("62529", "Lorgies"),
    ];
    let essai = Essai::new("2023-12-31", &communes)
        .avec(
            "pmi",
            "pmi",
            agrements(&[
                ("Vieille-Chapelle", "3", 1, ""),
                ("Givenchy-lès-la-Bassée", "4", 1, ""),
                ("Calonne-sur-la-Lys", "4", 2, ""),
                ("Lorgies", "4", 6, ""),
            ]),
        )
        .avec("structures", "structures", "Type;Nom;Commune;Places\nMicro-crèche;B;Lorgies;12\n")
        .avec(
            "imaje",
            "imaje",
            "Code commune;Commune;AM en activité (novembre)\n62851;Vieille-Chapelle;0\n62373;Givenchy-lès-la-Bassée;0\n62195;Calonne-sur-la-Lys;1\n62529;Lorgies;nd\n",
        );
    let compte_rendu = essai.lancer();
    let sans = lire(&compte_rendu, "essai", "sans_am_actif", "");
    assert_eq!((sans.valeur, sans.parties, sans.parties_attendues), (Some(2.0), 3, 4));
    assert_eq!(valeur(&compte_rendu, "62529", "sans_am_actif"), (None, Statut::NonDisponible));
    assert_eq!(lire(&compte_rendu, "essai", "sans_offre", "").valeur, Some(0.0));
}

/// Three communes 10 minutes apart, 20 from end to end: see the hand computation beside the engine.
fn trois_communes(enfants: &str) -> Essai {
    trois_communes_a(
        enfants,
        "de;vers;minutes\n96001;96002;10\n96002;96001;10\n96002;96003;10\n96003;96002;10\n96001;96003;20\n96003;96001;20\n",
    )
}

/// The same, at those times.
fn trois_communes_a(enfants: &str, trajets: &str) -> Essai {
    Essai::new("2024-12-31", &TROIS)
        .avec("pmi", "pmi", agrements(&[("Aubrelonde", "3", 10, ""), ("Clairval", "4", 5, "")]))
        // A census without any row is refused: places come from the agréments, a MAM adds none.
        .avec("recensement", "structures", "Type;Nom;Commune;Places\nMAM;M;Clairval;4\n")
        .avec("imaje", "imaje", enfants)
        .avec("trajets", "trajets", trajets)
}

const ENFANTS: &str = "Code commune;Commune;Enfants de moins de 3 ans\n";

const PALIERS: &str = "[parametres.accessibilite]\npaliers = [{ minutes = 10, poids = 1 }, { minutes = 15, poids = 0.68 }, { minutes = 20, poids = 0.22 }]\n";

#[test]
fn l_accessibilite_de_trois_communes_calculee_a_la_main() {
    let enfants = format!("{ENFANTS}96001;Aubrelonde;100\n96002;Bourdelle;50\n96003;Clairval;50\n");
    // By steps, A: 100 (30/161 + 0.22 × 20/122) = 22.2; B: 100 (30/161 + 20/122) = 35.0; C: 20.5.
    let par_paliers = trois_communes(&enfants).parametres(PALIERS).lancer();
    let communes = TROIS.map(|(code, _)| valeur(&par_paliers, code, "accessibilite").0);
    assert_eq!(communes, [Some(22.2), Some(35.0), Some(20.5)]);
    // By default half at 10 minutes, a sixteenth at 20. Who competes: for A, 100 + 50/2 + 50/16 = 128.125; for C, 81.25.
    // A: 100 (30/128.125 + 20/81.25/16); B: 100 (15/128.125 + 10/81.25); C: 100 (30/128.125/16 + 20/81.25).
    let compte_rendu = trois_communes(&enfants).lancer();
    let communes = TROIS.map(|(code, _)| valeur(&compte_rendu, code, "accessibilite"));
    assert_eq!(communes.map(|c| c.0), DIX_MINUTES);
    assert_eq!(communes.map(|c| c.1), [Statut::Observe; 3]);
    // The 50 places for 200 children: sums, not the mean of 25.0, 24.0 and 26.1.
    let territoire = lire(&compte_rendu, "essai", "accessibilite", "");
    assert!((territoire.numerateur.unwrap() - 50.0).abs() < 1e-9);
    assert_eq!((territoire.denominateur, territoire.valeur), (Some(200.0), Some(25.0)));
    assert_eq!((territoire.parties, territoire.parties_attendues), (3, 3));
    assert!(territoire.sources.split(';').any(|s| s == "trajets"), "{}", territoire.sources);
}

/// The accessibility of the three communes at ten minutes from one another, by default.
const DIX_MINUTES: [Option<f64>; 3] = [Some(25.0), Some(24.0), Some(26.1)];

/// The accessibility of the three communes where the times stand under these headers, ten minutes as that cell says.
fn accessibilite(entetes: &str, dix: &str, vingt: &str) -> [(Option<f64>, Statut); 3] {
    let mut trajets = format!("de;vers;{entetes}\n");
    for (de, vers, temps) in [("96001", "96002", dix), ("96002", "96003", dix), ("96001", "96003", vingt)] {
        writeln!(trajets, "{de};{vers};{temps}\n{vers};{de};{temps}").unwrap();
    }
    let enfants = format!("{ENFANTS}96001;Aubrelonde;100\n96002;Bourdelle;50\n96003;Clairval;50\n");
    let lu = trois_communes_a(&enfants, &trajets).lancer();
    TROIS.map(|(code, _)| valeur(&lu, code, "accessibilite"))
}

/// A table that gives the code and the name of each end says each once.
#[test]
fn des_trajets_donnent_le_code_et_le_nom_de_chaque_bout() {
    let enfants = format!("{ENFANTS}96001;Aubrelonde;100\n96002;Bourdelle;50\n96003;Clairval;50\n");
    for entetes in [
        "Code départ;Commune départ;Code arrivée;Commune arrivée;Durée (min)",
        "Code Insee origine;Origine;Code Insee destination;Destination;Minutes",
    ] {
        let mut trajets = format!("{entetes}\n");
        for (de, vers, temps) in [(0, 1, 10), (1, 2, 10), (0, 2, 20)] {
            let [(code_de, de), (code_vers, vers)] = [TROIS[de], TROIS[vers]];
            writeln!(
                trajets,
                "{code_de};{de};{code_vers};{vers};{temps}\n{code_vers};{vers};{code_de};{de};{temps}"
            )
            .unwrap();
        }
        let lu = trois_communes_a(&enfants, &trajets).lancer();
        let communes = TROIS.map(|(code, _)| valeur(&lu, code, "accessibilite").0);
        assert_eq!(communes, DIX_MINUTES, "{entetes}");
    }
}

#[test]
fn dix_minutes_restent_dix_minutes() {
    for (entetes, dix, vingt) in [
        ("Temps de trajet en heure de pointe (min)", "10", "20"),
        ("Temps à 8 h", "10", "20"),
        ("Temps heure creuse", "10", "20"),
        ("Durée en bus;Durée du trajet voiture", "60;10", "90;20"),
        ("Temps à pied;Temps en voiture", "60;10", "90;20"),
        ("Durée en secondes", "600", "1200"),
        ("Temps de trajet (en heures)", "0:10", "0:20"),
    ] {
        let lues = accessibilite(entetes, dix, vingt);
        assert_eq!(lues.map(|c| c.0), DIX_MINUTES, "{entetes}");
    }
    // Hours, days of a spreadsheet, and two times of which nothing says which one: no figure.
    for (entetes, dix, vingt) in [
        ("Temps", "0,1667", "0,3333"),
        ("Temps (min)", "0,00694", "0,01389"),
        ("Durée matin;Durée soir", "10;15", "20;30"),
    ] {
        let lues = accessibilite(entetes, dix, vingt);
        assert_eq!(lues, [(None, Statut::NonDisponible); 3], "{entetes}");
    }
}

#[test]
fn des_enfants_sous_secret_sont_estimes_ou_manquent_mais_ne_sont_pas_zero() {
    let enfants = format!("{ENFANTS}96001;Aubrelonde;100\n96002;Bourdelle;<5\n96003;Clairval;50\n");
    let sans = trois_communes(&enfants).lancer();
    // Nobody knows Bourdelle's children: it has no value, its neighbours share with too few and say so.
    assert_eq!(valeur(&sans, "96002", "accessibilite"), (None, Statut::SecretSource));
    assert_eq!(valeur(&sans, "96001", "accessibilite").1, Statut::Estime);
    let territoire = lire(&sans, "essai", "accessibilite", "");
    assert_eq!((territoire.parties, territoire.parties_attendues), (2, 3));
    assert_eq!(territoire.denominateur, Some(150.0));

    let naissances = "code;lib;2022;2023;2024\n96001;Aubrelonde;30;30;30\n96002;Bourdelle;20;20;10\n96003;Clairval;20;20;20\n";
    let avec = trois_communes(&enfants).avec("naissances", "naissances", naissances).lancer();
    // 50 births in three years: the hand computation again, estimated everywhere since all share with Bourdelle.
    let communes = TROIS.map(|(code, _)| valeur(&avec, code, "accessibilite"));
    assert_eq!(communes, DIX_MINUTES.map(|v| (v, Statut::Estime)));
}

#[test]
fn le_besoin_est_celui_que_le_pipeline_choisit() {
    let enfants = "Code commune;Commune;enfants_0_2;enfants_0_2_parents_actifs;enfants_eaje;enfants_am;enfants_cmg_domicile;enfants_cmg_structure\n96001;Aubrelonde;100;40;5;20;1;2\n96002;Bourdelle;50;<5;3;9;1;0\n96003;Clairval;50;25;0;12;0;0\n";
    let essai = |parametres: &str| {
        trois_communes(enfants)
            .avec("activite", "activite", "annee;mesure;valeur\n2024;demandes sans solution;7\n")
            .parametres(parametres)
            .lancer()
    };
    let soldes =
        |compte_rendu: &CompteRendu| TROIS.map(|(code, _)| valeur(compte_rendu, code, "solde_places").0);
    let defaut = essai("");
    assert_eq!(soldes(&defaut), [Some(-10.0), None, Some(-5.0)]);
    assert_eq!(valeur(&defaut, "96002", "solde_places").1, Statut::SecretSource);
    let territoire = lire(&defaut, "essai", "solde_places", "");
    assert_eq!((territoire.valeur, territoire.parties, territoire.parties_attendues), (Some(-15.0), 2, 3));

    let tous = essai("[parametres]\nbesoin = \"moins_de_3_ans\"\n");
    assert_eq!(soldes(&tous), [Some(-70.0), Some(-50.0), Some(-30.0)]);

    // 50 places, 53 children cared for, 7 requests without an answer; requests have no commune.
    let recours = essai("[parametres]\nbesoin = \"recours\"\n");
    assert_eq!(soldes(&recours), [None; 3]);
    let territoire = lire(&recours, "essai", "solde_places", "");
    assert_eq!((territoire.valeur, territoire.parties), (Some(50.0 - 53.0 - 7.0), 3));

    // The years to come start from that balance; without the requests of the whole, they are not known.
    let naissances = "Code commune;Commune;2022;2023;2024\n96001;Aubrelonde;30;30;30\n96002;Bourdelle;15;15;15\n96003;Clairval;15;15;15\n";
    let avant = agrements(&[("Aubrelonde", "3", 10, ""), ("Clairval", "4", 5, "")]);
    let projeter = |activite: &str| {
        let essai = trois_communes(enfants)
            .avec_cles("avant", "pmi", "date = 2023-12-31", format!("{avant}\n"))
            .avec("naissances", "naissances", naissances)
            .avec("activite", "activite", activite)
            .parametres("[parametres]\nbesoin = \"recours\"\n");
        lire(&essai.lancer(), "essai", "projection_solde", "tendance").valeur
    };
    assert_eq!(projeter("annee;mesure;valeur\n2024;demandes sans solution;7\n"), Some(-10.0));
    assert_eq!(projeter("annee;mesure;valeur\n2024;contacts;7\n"), None);
}

#[test]
fn les_demandes_du_territoire_ne_sont_pas_retirees_aux_places_d_une_commune() {
    let enfants = "Code commune;Commune;enfants_eaje;enfants_am;enfants_cmg_domicile;enfants_cmg_structure\n96001;Aubrelonde;5;20;1;2\n96002;Bourdelle;3;<5;1;0\n96003;Clairval;0;12;0;0\n";
    let demandes = "Année;Mesure;Valeur\n2024;Demandes sans solution;200\n";
    let essai = trois_communes(enfants).parametres("[parametres]\nbesoin = \"recours\"\n");
    let lu = essai.avec("activite", "activite", demandes).lancer();
    let solde = lire(&lu, "essai", "solde_places", "");
    assert_eq!((solde.valeur, solde.parties, solde.parties_attendues), (None, 0, 3));
    assert!(!lu.bilans.problemes().any(|(_, p)| p.motif == Motif::MesureInconnue));
}

#[test]
fn la_tension_montre_ses_criteres() {
    let enfants = "Code commune;Commune;Enfants de moins de 3 ans;Enfants de moins de 3 ans dont les parents travaillent\n96001;Aubrelonde;40;20\n96002;Bourdelle;20;<5\n96003;Clairval;20;25\n";
    let compte_rendu = trois_communes(enfants).parametres(PALIERS).lancer();
    let lire_critere = |code: &str, id: &str, modalite: &str| {
        let figure = lire(&compte_rendu, code, id, modalite);
        (figure.valeur, figure.statut)
    };
    // No list of 2021: the trend is not known anywhere, the class is estimated where the two others are.
    for (code, _) in TROIS {
        assert_eq!(lire_critere(code, "tension", "tendance"), (None, Statut::NonDisponible));
    }
    // Aubrelonde: 30 places for 20 children of working parents; accessibility 55.6. Bourdelle's need is withheld.
    assert_eq!(lire_critere("96001", "tension", "solde"), (Some(0.0), Statut::Observe));
    assert_eq!(lire_critere("96001", "tension", "accessibilite").0, Some(0.0));
    assert_eq!(lire_critere("96001", "tension", ""), (Some(1.0), Statut::Estime));
    // The Caf withholds how many they are: one at least, for no place.
    assert_eq!(lire_critere("96002", "tension", "solde"), (Some(1.0), Statut::Estime));
    assert_eq!(lire_critere("96002", "tension", ""), (Some(2.0), Statut::Estime));
    // Clairval: 20 places for 25 children; accessibility under 55.
    assert_eq!(lire_critere("96003", "tension", ""), (Some(3.0), Statut::Estime));
    // Nobody is 55: born in 1980.
    assert_eq!(lire_critere("96003", "tension_interne", "part_55_plus"), (Some(0.0), Statut::Observe));
    for (classe, attendu) in
        [("faible", 1.0), ("moderee", 1.0), ("elevee", 1.0), ("tres_elevee", 0.0), ("non_classe", 0.0)]
    {
        assert_eq!(
            lire(&compte_rendu, "essai", "tension_communes", classe).valeur,
            Some(attendu),
            "{classe}"
        );
    }
}

#[test]
fn dans_la_demonstration_rien_ne_se_perd() {
    let demo = demo();
    for annee in [2019, 2022, 2024] {
        let acces = demo.territoire("accessibilite", "", annee);
        let places = demo.territoire("places_total", "", annee);
        assert_eq!(acces.parties, acces.parties_attendues, "{annee} : {acces:?}");
        let ecart = acces.numerateur.unwrap() - places.valeur.unwrap();
        assert!(ecart.abs() < 1e-6, "{annee} : {acces:?} pour {places:?}");
    }
}

#[test]
fn chaque_classe_de_tension_a_ses_communes() {
    let demo = demo();
    let classes = ["faible", "moderee", "elevee", "tres_elevee", "non_classe"];
    let somme: f64 =
        classes.iter().map(|c| demo.territoire("tension_communes", c, 2024).valeur.unwrap()).sum();
    assert_eq!(somme, 15.0);
    // No source speaks of 2016: not one commune is in no class then.
    let table = &demo.compte_rendu.table;
    let non_classees = table.figure(Niveau::Territoire, "249600013", "tension_communes", "non_classe", 2016);
    assert!(non_classees.is_none_or(|figure| figure.valeur.is_none()));
    assert!(
        classes.iter().filter(|c| demo.territoire("tension_communes", c, 2024).valeur > Some(0.0)).count()
            > 1
    );
}

#[test]
fn un_reglage_absurde_est_refuse_en_francais() {
    let dossier = tempfile::tempdir().unwrap();
    let chemin = dossier.path().join("essai.toml");
    let tete = "[territoire]\nepci = \"249600013\"\n[observation]\ndate = 2024-12-31\n";
    for (reglage, attendu) in [
        ("[parametres.accessibilite]\nvitesse_km_h = 0\n", "vitesse_km_h"),
        ("[parametres.accessibilite]\nvitesse = 50\n", "clé inconnue"),
        ("[parametres]\nbesoin = \"tout\"\n", "valeur inconnue"),
    ] {
        fs::write(&chemin, format!("{tete}{reglage}")).unwrap();
        let message = observatoire::pipeline::Declaration::lire(&chemin).unwrap_err().to_string();
        assert!(message.contains(attendu), "{message}");
    }
}
