//! A commune that a list says nothing of has no figure: nobody named there is not nobody there. Nor is it there when the
//! commune was a part of another, or has become one.

use crate::commun::essai::Essai;
use observatoire::indicators::{Figure, Niveau, Statut};
use observatoire::pipeline::CompteRendu;
use observatoire::quality::Motif;
use std::fmt::Write as _;

const TROIS: [(&str, &str); 3] = [("96101", "Aubigneul"), ("96102", "Brévoux"), ("96103", "Cormerand")];

/// So many people in each of these communes, the same every year.
fn liste(communes: &[(&str, usize)]) -> String {
    let mut texte = "Nom;Prénom;Date de naissance;Commune;Capacité\n".to_owned();
    for (commune, nombre) in communes {
        for n in 0..*nombre {
            let nom = char::from(b'A' + u8::try_from(n).unwrap());
            writeln!(texte, "{commune}{nom};{commune}e;{:02}/03/{};{commune};3", n % 28 + 1, 1960 + n)
                .unwrap();
        }
    }
    texte
}

/// One list for each year, the last one of the year of the report.
fn essai(communes: &[(&'static str, &'static str)], listes: &[(&'static str, i32, String)]) -> Essai {
    listes.iter().fold(Essai::new("2024-12-31", communes), |essai, (id, annee, texte)| {
        essai.avec_cles(id, "pmi", &format!("date = {annee}-12-31"), texte.clone())
    })
}

fn lire(lu: &CompteRendu, code: &str, id: &str, annee: i32) -> Figure {
    let niveau = if code == "essai" { Niveau::Territoire } else { Niveau::Commune };
    lu.table.figure(niveau, code, id, "", annee).unwrap_or_else(|| panic!("{code} {id} {annee}"))
}

fn valeur(lu: &CompteRendu, code: &str, id: &str, annee: i32) -> (Option<f64>, Statut) {
    let figure = lire(lu, code, id, annee);
    (figure.valeur, figure.statut)
}

/// Nothing, and no row that tells so, before the first year of which anything is known.
fn rien_encore(lu: &CompteRendu, id: &str, annee: i32) -> bool {
    lu.table.figure(Niveau::Territoire, "essai", id, "", annee).is_none()
}

const RIEN: (Option<f64>, Statut) = (None, Statut::NonDisponible);

fn motifs(lu: &CompteRendu) -> Vec<Motif> {
    lu.bilans.problemes().map(|(_, p)| p.motif).collect()
}

#[test]
fn vingt_personnes_ne_disparaissent_pas_d_une_commune_en_un_an() {
    let tous = [("Aubigneul", 12), ("Brévoux", 20), ("Cormerand", 4)];
    let sans = [("Aubigneul", 12), ("Cormerand", 4)];
    let annees = [("a", 2022, liste(&tous)), ("b", 2023, liste(&sans)), ("c", 2024, liste(&tous))];
    let lu = essai(&TROIS, &annees).lancer();
    assert_eq!(valeur(&lu, "96102", "am_agrees", 2023), RIEN);
    let ensemble = lire(&lu, "essai", "am_agrees", 2023);
    assert_eq!((ensemble.valeur, ensemble.parties, ensemble.parties_attendues), (Some(16.0), 2, 3));
    assert!(lu.a_des_lacunes(), "le code de sortie le dit aussi");
    // Nobody has left, and nobody comes back.
    for annee in [2023, 2024] {
        assert_eq!(valeur(&lu, "essai", "am_departs", annee).0, Some(0.0), "{annee}");
        assert_eq!(valeur(&lu, "essai", "am_arrivees", annee).0, Some(0.0), "{annee}");
    }
    assert!(motifs(&lu).contains(&Motif::CommunesDisparues));
    let changements = lu.qualite.changements.as_ref().unwrap();
    assert_eq!((changements.territoire.partis, changements.territoire.nouveaux), (0, 0));
    assert_eq!(changements.non_comparees, ["Brévoux"]);
    // The quality page shows the line to write if there is really nobody.
    let dite = lu.qualite.priorites.iter().find(|p| p.code == "P98").unwrap();
    assert_eq!(dite.perte, "Des chiffres manquent au rapport.");
    assert!(dite.lieux[0].contains("personne_dans = [\"96102\"]"), "{dite:?}");
}

/// The last childminder of many villages leaves in the same year: told, and the message still reads.
#[test]
fn quatorze_villages_sans_plus_personne_se_disent_en_une_phrase() {
    let villages: Vec<(&'static str, &'static str)> = (0..14u8)
        .map(|n| {
            let nom = format!("Village{}", char::from(b'A' + n));
            (&*format!("96{:03}", 201 + u32::from(n)).leak(), &*nom.leak())
        })
        .collect();
    let communes = [&TROIS[..], &villages].concat();
    let bourgs = [("Aubigneul", 24), ("Brévoux", 24), ("Cormerand", 24)];
    let seuls: Vec<(&str, usize)> = villages.iter().map(|(_, nom)| (*nom, 1)).collect();
    let tous = [&bourgs[..], &seuls].concat();
    let lu = essai(&communes, &[("a", 2023, liste(&tous)), ("b", 2024, liste(&bourgs))]).lancer();
    let dit = lu.bilans.problemes().find(|(_, p)| p.motif == Motif::CommunesDisparues).unwrap().1.to_string();
    assert!(dit.contains("VillageL (1 personne en 2023) et 2 autres : compté sans"), "{dit}");
    assert!(!dit.contains("VillageM"), "{dit}");
    assert_eq!(valeur(&lu, villages[13].0, "am_agrees", 2024), (Some(0.0), Statut::Observe));
}

/// The Caf counts, of five years before the only list, more at work than that list has: many have left since.
#[test]
fn une_liste_d_une_autre_epoque_ne_contredit_rien() {
    let caf = |annee: i32| format!("Commune;Assistants maternels actifs\nAubigneul;{}\n", 12 + 2024 - annee);
    let lancer = |annee: i32| {
        essai(&TROIS[..1], &[("a", 2024, liste(&[("Aubigneul", 12)]))])
            .avec_cles("caf", "imaje", &format!("date = {annee}-11-30"), caf(annee))
            .lancer()
    };
    assert!(motifs(&lancer(2023)).contains(&Motif::ComptesContraires));
    assert!(!motifs(&lancer(2019)).contains(&Motif::ComptesContraires));
}

#[test]
fn le_relais_peut_confirmer_qu_il_n_y_a_personne() {
    let tous = [("Aubigneul", 12), ("Brévoux", 20), ("Cormerand", 4)];
    let sans = liste(&[("Aubigneul", 12), ("Cormerand", 4)]);
    let lu = Essai::new("2024-12-31", &TROIS)
        .avec_cles("a", "pmi", "date = 2023-12-31", liste(&tous))
        .avec_cles("b", "pmi", "date = 2024-12-31\npersonne_dans = [\"96102\"]", sans)
        .lancer();
    assert_eq!(valeur(&lu, "96102", "am_agrees", 2024), (Some(0.0), Statut::Observe));
    assert_eq!(valeur(&lu, "essai", "am_departs", 2024).0, Some(20.0));
    assert!(!motifs(&lu).contains(&Motif::CommunesDisparues));
}

/// As many as a MAM has can close together.
#[test]
fn la_mam_d_un_village_peut_fermer() {
    let annees = [
        ("a", 2023, liste(&[("Aubigneul", 12), ("Cormerand", 6)])),
        ("b", 2024, liste(&[("Aubigneul", 12)])),
    ];
    let lu = essai(&TROIS, &annees).lancer();
    assert_eq!(valeur(&lu, "96103", "am_agrees", 2024), (Some(0.0), Statut::Observe));
    assert_eq!(valeur(&lu, "essai", "am_departs", 2024).0, Some(6.0));
}

#[test]
fn la_premiere_liste_peut_n_etre_que_celle_d_une_partie() {
    let tous = [("Aubigneul", 12), ("Brévoux", 20), ("Cormerand", 14)];
    let annees =
        [("a", 2022, liste(&[("Aubigneul", 12)])), ("b", 2023, liste(&tous)), ("c", 2024, liste(&tous))];
    let lu = essai(&TROIS, &annees).lancer();
    assert_eq!(valeur(&lu, "96102", "am_agrees", 2022), RIEN);
    assert!(rien_encore(&lu, "am_arrivees", 2023), "nul ne dit qui était là");
    assert_eq!(valeur(&lu, "essai", "am_arrivees", 2024).0, Some(0.0));
}

/// Cormerand came out of Brévoux in 2023: the list of 2022 counts it with Brévoux.
#[test]
fn avant_une_scission_la_liste_ne_dit_pas_la_part_de_chacune() {
    let avant = [("96101", 12), ("96102", 24)];
    let apres = [("96101", 12), ("96102", 12), ("96103", 12)];
    let par_code = |communes: &[(&str, usize)]| liste(communes).replace("Commune;", "Code commune;");
    let lu = essai(&TROIS, &[("a", 2022, par_code(&avant)), ("b", 2024, par_code(&apres))])
        .avec("cog", "cog_communes", format!("{COMMUNES}COM,96102,Brévoux,96,\nCOM,96103,Cormerand,96,\n"))
        .avec("mouvements", "cog_mouvements", format!("{MOUVEMENTS}21,2023-01-01,COM,96102,Brévoux,COM,96102,Brévoux\n21,2023-01-01,COM,96102,Brévoux,COM,96103,Cormerand\n"))
        .lancer();
    for code in ["96102", "96103"] {
        assert_eq!(valeur(&lu, code, "am_agrees", 2022), RIEN, "{code}");
        assert_eq!(valeur(&lu, code, "am_agrees", 2024), (Some(12.0), Statut::Observe), "{code}");
    }
    assert_eq!(valeur(&lu, "96101", "am_agrees", 2022), (Some(12.0), Statut::Observe));
    assert!(motifs(&lu).contains(&Motif::CommuneScindee));
    let autres = [Motif::CommuneAgrandie, Motif::CommunesDisparues];
    assert!(!autres.iter().any(|motif| motifs(&lu).contains(motif)), "dit une fois");
}

/// The same list is that of a part of the territory besides: what it counts in Brévoux is still not Brévoux's alone.
#[test]
fn une_liste_d_une_partie_ne_partage_pas_davantage() {
    let communes = [TROIS[0], TROIS[1], TROIS[2], ("96104", "Dormeuil"), ("96105", "Estrabelle")];
    let par_code = |communes: &[(&str, usize)]| liste(communes).replace("Commune;", "Code commune;");
    let avant = par_code(&[("96101", 12), ("96102", 24)]);
    let apres = par_code(&[("96101", 12), ("96102", 12), ("96103", 12), ("96104", 10), ("96105", 10)]);
    let cog =
        "COM,96102,Brévoux,96,\nCOM,96103,Cormerand,96,\nCOM,96104,Dormeuil,96,\nCOM,96105,Estrabelle,96,\n";
    let lu = essai(&communes, &[("a", 2022, avant), ("b", 2024, apres)])
        .avec("cog", "cog_communes", format!("{COMMUNES}{cog}"))
        .avec("mouvements", "cog_mouvements", format!("{MOUVEMENTS}21,2023-01-01,COM,96102,Brévoux,COM,96102,Brévoux\n21,2023-01-01,COM,96102,Brévoux,COM,96103,Cormerand\n"))
        .lancer();
    for code in ["96102", "96103", "96104"] {
        assert_eq!(valeur(&lu, code, "am_agrees", 2022), RIEN, "{code}");
    }
    assert_eq!(valeur(&lu, "96101", "am_agrees", 2022), (Some(12.0), Statut::Observe));
}

/// Cormerand is a part of Brévoux since 2023.
const FUSION: (&str, &str) = (
    "TYPECOM,COM,LIBELLE,DEP,COMPARENT\nCOM,96101,Aubigneul,96,\nCOM,96102,Brévoux,96,\nCOMD,96103,Cormerand,,96102\n",
    "MOD,DATE_EFF,TYPECOM_AV,COM_AV,LIBELLE_AV,TYPECOM_AP,COM_AP,LIBELLE_AP\n32,2023-01-01,COM,96102,Brévoux,COM,96102,Brévoux\n32,2023-01-01,COM,96103,Cormerand,COM,96102,Brévoux\n32,2023-01-01,COM,96103,Cormerand,COMD,96103,Cormerand\n",
);
const COMMUNES: &str = "TYPECOM,COM,LIBELLE,DEP,COMPARENT\nCOM,96101,Aubigneul,96,\n";
const MOUVEMENTS: &str = "MOD,DATE_EFF,TYPECOM_AV,COM_AV,LIBELLE_AV,TYPECOM_AP,COM_AP,LIBELLE_AP\n";

/// The pipeline still names Cormerand, which is a part of Brévoux since 2023: its people are counted there, whatever the
/// list calls their commune.
#[test]
fn une_commune_qui_n_existe_plus_est_comptee_avec_celle_d_aujourd_hui() {
    let avant = [("Aubigneul", 12), ("Brévoux", 8), ("Cormerand", 7)];
    let lu =
        essai(&TROIS, &[("a", 2022, liste(&avant)), ("b", 2023, liste(&avant)), ("c", 2024, liste(&avant))])
            .avec("cog", "cog_communes", FUSION.0)
            .avec("mouvements", "cog_mouvements", FUSION.1)
            .lancer();
    for annee in 2022..=2024 {
        assert_eq!(valeur(&lu, "96102", "am_agrees", annee), (Some(15.0), Statut::Observe), "{annee}");
        let ensemble = lire(&lu, "essai", "am_agrees", annee);
        assert_eq!((ensemble.valeur, ensemble.parties, ensemble.parties_attendues), (Some(27.0), 2, 2));
    }
    for flux in ["am_arrivees", "am_departs"] {
        assert_eq!(valeur(&lu, "essai", flux, 2023), (Some(0.0), Statut::Observe), "{flux}");
    }
    assert!(lu.table.figure(Niveau::Commune, "96103", "am_agrees", "", 2024).is_none());
    assert!(motifs(&lu).contains(&Motif::CommuneDisparue));
}

/// Cormerand was never of the relais, and became a part of Brévoux in 2023: nobody has arrived.
#[test]
fn une_commune_qui_s_agrandit_d_une_autre_d_ailleurs_n_a_pas_d_arrivees() {
    let avant = liste(&[("Aubigneul", 12), ("Brévoux", 8)]);
    let apres = liste(&[("Aubigneul", 12), ("Brévoux", 8), ("Cormerand", 9)]);
    let faire = |cles: &str| {
        Essai::new("2024-12-31", &TROIS[..2])
            .avec_cles("a", "pmi", &format!("date = 2022-12-31\n{cles}"), avant.clone())
            .avec_cles("b", "pmi", "date = 2023-12-31", apres.clone())
            .avec_cles("c", "pmi", "date = 2024-12-31", apres.clone())
            .avec("cog", "cog_communes", FUSION.0)
            .avec("mouvements", "cog_mouvements", FUSION.1)
            .lancer()
    };
    let lu = faire("");
    assert_eq!(valeur(&lu, "96102", "am_agrees", 2022), RIEN);
    assert_eq!(valeur(&lu, "96102", "am_agrees", 2023), (Some(17.0), Statut::Observe));
    let arrivees = lire(&lu, "essai", "am_arrivees", 2023);
    assert_eq!((arrivees.valeur, arrivees.parties, arrivees.parties_attendues), (Some(0.0), 1, 2));
    assert!(motifs(&lu).contains(&Motif::CommuneAgrandie));
    let dit = lu.bilans.problemes().find(|(_, p)| p.motif == Motif::CommuneAgrandie).unwrap().1.to_string();
    assert!(
        dit.contains("8 personnes en 2022 et 17 en 2023, depuis qu’elle comprend la commune 96103"),
        "{dit}"
    );
    let confirme = faire("personne_dans = [\"96103\"]");
    assert_eq!(valeur(&confirme, "essai", "am_arrivees", 2023).0, Some(9.0));
}

/// The only row of a commune names it so that nobody can tell which it is: its count is not zero.
#[test]
fn une_commune_dont_la_ligne_attend_n_est_pas_sans_personne() {
    let avant = [("Aubigneul", 12), ("Cormerand", 2)];
    let apres = liste(&avant).replace(";Cormerand;", ";Kormeranville;");
    let lu = essai(&TROIS, &[("a", 2023, liste(&avant)), ("b", 2024, apres)]).lancer();
    assert_eq!(valeur(&lu, "96103", "am_agrees", 2024), RIEN);
    assert_eq!(valeur(&lu, "96102", "am_agrees", 2024), (Some(0.0), Statut::Observe));
}

/// Of what no commune is called, nobody knows where it is: perhaps there, where the list names nobody.
#[test]
fn une_commune_que_nul_ne_connait_est_peut_etre_celle_qui_n_a_personne() {
    let ecrite = |aubigneul, cormerand, inconnues| {
        liste(&[("Aubigneul", aubigneul), ("Cormerand", cormerand), ("Zzyzx", inconnues)])
    };
    let lu = essai(&TROIS, &[("a", 2024, ecrite(12, 0, 1))]).lancer();
    assert_eq!(valeur(&lu, "96103", "am_agrees", 2024), RIEN);
    assert_eq!(valeur(&lu, "96101", "am_agrees", 2024), (Some(12.0), Statut::Observe));
    // Where another list names nobody either, there is nobody.
    let deux = [("a", 2023, ecrite(12, 0, 0)), ("b", 2024, ecrite(12, 0, 1))];
    let lu = essai(&TROIS, &deux).lancer();
    assert_eq!(valeur(&lu, "96103", "am_agrees", 2024), (Some(0.0), Statut::Observe));
    // Many of them, and each commune may lack some.
    let lu = essai(&TROIS, &[("a", 2024, ecrite(12, 6, 3))]).lancer();
    assert_eq!(valeur(&lu, "96101", "am_agrees", 2024), (Some(12.0), Statut::Estime));
    // More of them than are counted: the list of a département.
    let lu = essai(&TROIS, &[("a", 2024, ecrite(12, 6, 40))]).lancer();
    assert_eq!(valeur(&lu, "96101", "am_agrees", 2024), (Some(12.0), Statut::Observe));
}

/// November 2022 is nearer to the end of 2021 than to that of 2023.
#[test]
fn le_taux_d_activite_prend_la_liste_la_plus_proche() {
    let annees = [("a", 2021, liste(&[("Aubigneul", 24)])), ("b", 2023, liste(&[("Aubigneul", 16)]))];
    let caf = "Code commune;Commune;Année;Assistants maternels actifs\n96101;Aubigneul;2022;18\n";
    let lu = essai(&TROIS[..1], &annees).avec_cles("caf", "imaje", "date = 2022-11-30", caf).lancer();
    assert_eq!(valeur(&lu, "essai", "taux_activite", 2022), (Some(75.0), Statut::Estime));
}

/// Of the communes that merged since, a file of the Caf gives one alone: the children of that one are not those of today's.
#[test]
fn une_commune_comptee_en_partie_n_a_pas_de_total() {
    let compter = |lignes: &str, correspondances: &str| {
        let essai = Essai::new("2024-12-31", &TROIS[..2])
            .avec_cles("a", "imaje", "date = 2022-12-31", format!("Commune;Enfants de 0 à 2 ans\n{lignes}"))
            .avec_cles(
                "b",
                "imaje",
                "date = 2024-12-31",
                "Commune;Enfants de 0 à 2 ans\nAubigneul;40\nBrévoux;90\n",
            )
            .avec("cog", "cog_communes", FUSION.0)
            .avec("mouvements", "cog_mouvements", FUSION.1)
            .parametres(correspondances);
        essai.lancer()
    };
    let toutes = compter("Aubigneul;40\nBrévoux;60\nCormerand;30\n", "");
    assert_eq!(valeur(&toutes, "96102", "enfants_0_2", 2022), (Some(90.0), Statut::Observe));
    assert!(!motifs(&toutes).contains(&Motif::CommuneEnPartie));
    let une = compter("Aubigneul;40\nCormerand;30\n", "");
    assert_eq!(valeur(&une, "96102", "enfants_0_2", 2022), RIEN);
    let ensemble = lire(&une, "essai", "enfants_0_2", 2022);
    assert_eq!((ensemble.valeur, ensemble.parties, ensemble.parties_attendues), (Some(40.0), 1, 2));
    assert!(une.a_des_lacunes());
    let dit = une.bilans.problemes().find(|(_, p)| p.motif == Motif::CommuneEnPartie).unwrap().1.to_string();
    assert!(
        dit.contains("Brévoux (96102), enfants_0_2, 2022 : 1 des 2 communes d’alors y est comptée"),
        "{dit}"
    );
    // Today's commune alone is today's commune.
    let aujourd_hui = compter("Aubigneul;40\nBrévoux;90\n", "");
    assert_eq!(valeur(&aujourd_hui, "96102", "enfants_0_2", 2022), (Some(90.0), Statut::Observe));
    // A file of after the merger may still name the part.
    for nomme in [
        "Commune;Enfants de 0 à 2 ans\nAubigneul;40\nCormerand;30\n",
        // Beside today's code of the whole.
        "Code commune;Commune;Enfants de 0 à 2 ans\n96101;Aubigneul;40\n96102;Cormerand;30\n",
    ] {
        let apres = Essai::new("2024-12-31", &TROIS[..2])
            .avec("caf", "imaje", nomme)
            .avec("cog", "cog_communes", FUSION.0)
            .avec("mouvements", "cog_mouvements", FUSION.1)
            .lancer();
        assert_eq!(valeur(&apres, "96102", "enfants_0_2", 2024), RIEN, "{nomme}");
        assert!(motifs(&apres).contains(&Motif::CommuneEnPartie));
    }
    // Or the whole, and the part below it as a detail.
    let detail = Essai::new("2024-12-31", &TROIS[..2])
        .avec("caf", "imaje", "Commune;Enfants de 0 à 2 ans\nAubigneul;40\nBrévoux;90\nCormerand;30\n")
        .avec("cog", "cog_communes", FUSION.0)
        .avec("mouvements", "cog_mouvements", FUSION.1)
        .lancer();
    assert_eq!(valeur(&detail, "96102", "enfants_0_2", 2024), (Some(90.0), Statut::Observe));
    let dite = compter("Aubigneul;40\nCormerand;90\n", "[correspondances]\n\"Cormerand\" = \"96102\"\n");
    assert_eq!(valeur(&dite, "96102", "enfants_0_2", 2022), (Some(90.0), Statut::Observe));
}

#[test]
fn une_liste_seule_qui_nomme_une_commune_sur_trois_est_peut_etre_celle_d_une_partie() {
    let seule = |cles: &str| {
        let cles = format!("date = 2024-12-31\n{cles}");
        Essai::new("2024-12-31", &TROIS).avec_cles("pmi", "pmi", &cles, liste(&[("Aubigneul", 2)])).lancer()
    };
    let lu = seule("");
    assert_eq!(valeur(&lu, "96101", "am_agrees", 2024), (Some(2.0), Statut::Observe));
    assert_eq!(valeur(&lu, "96102", "am_agrees", 2024), RIEN);
    assert!(motifs(&lu).contains(&Motif::CommunesDisparues) && lu.a_des_lacunes());
    let dit = lu.bilans.problemes().find(|(_, p)| p.motif == Motif::CommunesDisparues).unwrap().1;
    assert!(dit.detail.contains("personne_dans = [\"96102\", \"96103\"]"), "{}", dit.detail);
    // What the relais has checked is zero.
    let lu = seule("personne_dans = [\"96102\", \"96103\"]");
    assert_eq!(valeur(&lu, "96103", "am_agrees", 2024), (Some(0.0), Statut::Observe));
    // A list that names most of the communes speaks of all of them.
    let lu = essai(&TROIS, &[("a", 2024, liste(&[("Aubigneul", 2), ("Brévoux", 1)]))]).lancer();
    assert_eq!(valeur(&lu, "96103", "am_agrees", 2024), (Some(0.0), Statut::Observe));
}

#[test]
fn cinq_communes_sur_quinze_ne_se_vident_pas_en_un_an() {
    const NOMS: [&str; 15] = [
        "Aulnoy", "Bessay", "Cormes", "Donzac", "Estry", "Flagny", "Givray", "Houlbec", "Ivry", "Jarnac",
        "Lissac", "Marcay", "Noisy", "Oisly", "Pressac",
    ];
    const CODES: [&str; 15] = [
        "96101", "96102", "96103", "96104", "96105", "96106", "96107", "96108", "96109", "96110", "96111",
        "96112", "96113", "96114", "96115",
    ];
    let communes: Vec<(&str, &str)> = CODES.into_iter().zip(NOMS).collect();
    let effectifs: Vec<(&str, usize)> =
        NOMS.iter().enumerate().map(|(rang, nom)| (*nom, if rang < 10 { 20 } else { 6 })).collect();
    let annees = [("a", 2023, liste(&effectifs)), ("b", 2024, liste(&effectifs[..10]))];
    let lu = essai(&communes, &annees).lancer();
    assert_eq!(valeur(&lu, "96111", "am_agrees", 2024), RIEN);
    assert_eq!(valeur(&lu, "96101", "am_agrees", 2024), (Some(20.0), Statut::Observe));
}

#[test]
fn personne_dans_ne_vaut_rien_tant_qu_une_ligne_est_peut_etre_de_la_commune() {
    let tous = [("Aubigneul", 12), ("Brévoux", 7), ("Cormerand", 4)];
    // The rows of Brévoux are there, badly spelt.
    let mal_dite =
        liste(&[("Aubigneul", 12), ("Cormerand", 4)]) + liste(&[("Brevuox", 7)]).split_once('\n').unwrap().1;
    let annees = [("a", 2023, liste(&tous)), ("b", 2024, mal_dite.clone())];
    let lu = essai(&TROIS, &annees).lancer();
    assert_eq!(valeur(&lu, "96102", "am_agrees", 2024), RIEN);
    let dites: Vec<String> = lu
        .bilans
        .problemes()
        .filter(|(_, p)| p.motif == Motif::CommunesDisparues)
        .map(|(_, p)| p.detail.clone())
        .collect();
    assert!(dites.iter().all(|dit| !dit.contains("personne_dans")), "{dites:?}");
    assert!(
        dites.iter().any(|dit| dit.contains("Brévoux") && dit.contains("n’ont pas pu être comptées")),
        "{dites:?}"
    );
    let confirmee = essai(&TROIS, &annees[..1])
        .avec_cles("b", "pmi", "date = 2024-12-31\npersonne_dans = [\"96102\"]", mal_dite)
        .lancer();
    assert_eq!(valeur(&confirmee, "96102", "am_agrees", 2024), RIEN);
}

#[test]
fn sept_personnes_n_arrivent_pas_d_un_coup_dans_une_commune_que_deux_listes_ne_nomment_pas() {
    let sans = [("Aubigneul", 12), ("Cormerand", 9)];
    let tous = [("Aubigneul", 12), ("Brévoux", 7), ("Cormerand", 9)];
    let annees = [
        ("a", 2021, liste(&sans)),
        ("b", 2022, liste(&sans)),
        ("c", 2023, liste(&tous)),
        ("d", 2024, liste(&tous)),
    ];
    let lu = essai(&TROIS, &annees).lancer();
    for annee in [2021, 2022] {
        assert_eq!(valeur(&lu, "96102", "am_agrees", annee), RIEN, "{annee}");
    }
    assert_eq!(valeur(&lu, "essai", "am_arrivees", 2023).0, Some(0.0), "personne n’est arrivé");
    assert!(motifs(&lu).contains(&Motif::CommunesDisparues) && lu.a_des_lacunes());
    // A MAM may open where nobody was.
    let mam = [("Aubigneul", 12), ("Brévoux", 4), ("Cormerand", 9)];
    let annees = [
        ("a", 2021, liste(&sans)),
        ("b", 2022, liste(&sans)),
        ("c", 2023, liste(&mam)),
        ("d", 2024, liste(&mam)),
    ];
    let lu = essai(&TROIS, &annees).lancer();
    assert_eq!(valeur(&lu, "96102", "am_agrees", 2022), (Some(0.0), Statut::Observe));
    assert_eq!(valeur(&lu, "essai", "am_arrivees", 2023).0, Some(4.0));
}
