//! Names as offices write them, those of the real territories included.
#![allow(clippy::print_stderr)]

use super::*;
use crate::sources::cog::{composition_epci, lire_cog};
use crate::territory::Membre;
use crate::territory::cog::{CommuneCog, Etat, Modification, Mouvement, TypeCommune};
use chrono::NaiveDate;
use proptest::prelude::*;
use std::path::Path;

fn code(texte: &str) -> CodeCommune {
    texte.parse().unwrap()
}

fn membre(code_: &str, nom: &str) -> Membre {
    Membre { code: code(code_), nom: nom.to_owned(), depuis: None, jusqu_a: None, population: None }
}

fn commune(code_: &str, nom: &str) -> CommuneCog {
    CommuneCog { type_commune: TypeCommune::Commune, code: code(code_), nom: nom.into(), parent: None }
}

fn territoire() -> Perimetre {
    Perimetre::new(
        "200072882",
        "Vie et Boulogne",
        vec![
            membre("85003", "Aizenay"),
            membre("85019", "Bellevigny"),
            membre("85055", "La Chapelle-Palluau"),
            membre("85169", "Palluau"),
            membre("85178", "Le Poiré-sur-Vie"),
            membre("85210", "Saint-Étienne-du-Bois"),
        ],
    )
}

fn cog() -> Cog {
    cog_avec(&[])
}

/// The same with other communes.
fn cog_avec(autres: &[(&str, &str)]) -> Cog {
    let deleguee = |code_: &str, nom: &str, parent: &str| CommuneCog {
        type_commune: TypeCommune::Deleguee,
        parent: Some(code(parent)),
        ..commune(code_, nom)
    };
    let etat = |code_: &str, nom: &str| {
        Some(Etat { type_commune: TypeCommune::Commune, code: code(code_), nom: nom.to_owned() })
    };
    let fusion = |avant: (&str, &str)| Mouvement {
        modification: Modification::CommuneNouvelle,
        date: NaiveDate::from_ymd_opt(2016, 1, 1).unwrap(),
        avant: etat(avant.0, avant.1),
        apres: etat("85019", "Bellevigny"),
    };
    let mut communes: Vec<_> =
        territoire().membres().iter().map(|m| commune(m.code.as_str(), &m.nom)).collect();
    communes.extend([
        commune("85191", "La Roche-sur-Yon"),
        commune("85213", "Saligny-la-Neuve"),
        commune("44109", "Nantes"),
        commune("16000", "Bellevignes"),
        deleguee("85019", "Belleville-sur-Vie", "85019"),
        deleguee("85272", "Saligny", "85019"),
    ]);
    communes.extend(autres.iter().map(|(code, nom)| commune(code, nom)));
    let mouvements = [fusion(("85019", "Belleville-sur-Vie")), fusion(("85272", "Saligny"))];
    Cog::new(communes, mouvements, None)
}

fn juger(nom: &str, code: &str) -> Rapprochement {
    let (perimetre, cog) = (territoire(), cog());
    Rapprocheur::new(&perimetre, Some(&cog), &BTreeMap::new()).rapprocher(Some(nom), Some(code))
}

fn certain(code_: &str, methode: Methode) -> Rapprochement {
    Rapprochement::Certain { code: code(code_), methode }
}

fn candidats(rapprochement: &Rapprochement) -> Vec<&str> {
    match rapprochement {
        Rapprochement::Douteux { candidats } => candidats.iter().map(|(c, _)| c.as_str()).collect(),
        autre => panic!("{autre:?} n’est pas un doute"),
    }
}

#[test]
fn dans_un_doute_les_communes_du_territoire_viennent_d_abord() {
    let (perimetre, cog) = (territoire(), cog_avec(&[("85001", "Saligny")]));
    let rapprocheur = Rapprocheur::new(&perimetre, Some(&cog), &BTreeMap::new());
    assert_eq!(candidats(&rapprocheur.rapprocher(Some("SALIGNY"), None)), ["85019", "85001"]);
}

#[test]
fn le_nom_d_un_autre_departement_fait_douter_et_non_celui_du_sien() {
    let perimetre = territoire();
    let rapprocheur = Rapprocheur::new(&perimetre, None, &BTreeMap::new());
    for ecrit in ["Palluau (Indre)", "PALLUAU (36)", "Palluau (Charente)"] {
        let lu = rapprocheur.rapprocher(Some(ecrit), None);
        assert!(matches!(lu, Rapprochement::Douteux { .. }), "{ecrit} {lu:?}");
    }
    for ecrit in
        ["Palluau (Vendée)", "Palluau (85)", "Palluau (bourg)", "Palluau (nord)", "Poiré-sur-Vie (Le)"]
    {
        let lu = rapprocheur.rapprocher(Some(ecrit), None);
        assert!(matches!(lu, Rapprochement::Certain { .. }), "{ecrit} {lu:?}");
    }
}

#[test]
fn un_nom_se_reconnait_sous_ses_ecritures_de_bureau() {
    for (texte, attendu, methode) in [
        ("AIZENAY", "85003", Methode::Nom),
        ("85190 AIZENAY CEDEX", "85003", Methode::Nom),
        ("Poiré s/Vie (Le)", "85178", Methode::Nom),
        ("POIRE SUR VIE", "85178", Methode::NomSansArticles),
        ("chapelle palluau (la)", "85055", Methode::Nom),
        ("PALLUAU", "85169", Methode::Nom),
        ("St Etienne du Bois", "85210", Methode::Nom),
        ("Saint Etiennedu Bois", "85210", Methode::Nom),
        ("Saligny", "85019", Methode::AncienNom),
        ("BELLEVIGNY (SALIGNY ; BELLEVILLE)", "85019", Methode::Nom),
        ("Saint-Etiene-du-Bois", "85210", Methode::Proche),
    ] {
        assert_eq!(juger(texte, ""), certain(attendu, methode), "« {texte} »");
    }
}

#[test]
fn un_code_se_reconnait_meme_ancien_ou_sans_son_zero() {
    assert_eq!(juger("", "85003"), certain("85003", Methode::Code));
    assert_eq!(juger("", "85272"), certain("85019", Methode::AncienCode));
    assert_eq!(
        juger("", "44109"),
        Rapprochement::HorsPerimetre { code: code("44109"), nom: "Nantes".to_owned() }
    );
    let perimetre = Perimetre::new("x", "Bresse", vec![membre("01001", "Alpha")]);
    let rapprocheur = Rapprocheur::new(&perimetre, None, &BTreeMap::new());
    assert_eq!(rapprocheur.rapprocher(None, Some("1001")), certain("01001", Methode::CodeRepare));
}

#[test]
fn un_code_illisible_ou_inconnu_laisse_parler_le_nom() {
    assert_eq!(juger("Aizenay", "n.d."), certain("85003", Methode::Nom));
    assert_eq!(juger("Aizenay", "85999"), certain("85003", Methode::Nom));
    assert_eq!(juger("", "85999"), Rapprochement::Inconnu);
}

#[test]
fn un_code_et_un_nom_qui_se_contredisent_font_un_doute() {
    assert_eq!(candidats(&juger("Palluau", "85003")), ["85169", "85003"]);
    assert_eq!(candidats(&juger("Palluau", "44109")), ["85169", "44109"]);
    assert_eq!(juger("Bellevigny", "85019"), certain("85019", Methode::Code));
    // The code of today, and a part of what it is of.
    assert_eq!(juger("Saligny", "85019"), certain("85019", Methode::AncienNom));
}

#[test]
fn rien_n_est_devine() {
    assert_eq!(candidats(&juger("Palluo", "")), ["85169"]);
    assert_eq!(candidats(&juger("Bellevignes", "")), ["85019", "16000"]);
    assert!(candidats(&juger("Chapelle", "")).contains(&"85055"));
    assert_eq!(candidats(&juger("Poré-sur-Vie", "")), ["85178"], "l’article oublié, et une faute");
    assert_eq!(juger("Zuydcoote", ""), Rapprochement::Inconnu);
    assert_eq!(juger(" ", ""), Rapprochement::Vide);
    assert_eq!(juger(" - ", ""), Rapprochement::Vide);
}

#[test]
fn sans_cog_une_faute_de_frappe_reste_un_doute() {
    let perimetre = territoire();
    let rapprocheur = Rapprocheur::new(&perimetre, None, &BTreeMap::new());
    let trouve = rapprocheur.rapprocher(Some("Saint-Etiene-du-Bois"), None);
    assert_eq!(candidats(&trouve), ["85210"]);
}

#[test]
fn une_commune_connue_d_ailleurs_est_hors_du_perimetre() {
    let hors =
        |code_: &str, nom: &str| Rapprochement::HorsPerimetre { code: code(code_), nom: nom.to_owned() };
    assert_eq!(juger("La Roche s/ Yon", ""), hors("85191", "La Roche-sur-Yon"));
    assert_eq!(juger("NANTES", ""), hors("44109", "Nantes"));
}

#[test]
fn une_precision_entre_parentheses_ne_fait_qu_un_doute() {
    assert_eq!(candidats(&juger("La Tourerie (Aizenay)", "")), ["85003"]);
    assert_eq!(candidats(&juger("La Roche-sur-Yon (Aizenay)", "")), ["85003", "85191"]);
}

#[test]
fn deux_membres_de_meme_nom_font_un_doute() {
    let perimetre = Perimetre::new("x", "x", vec![membre("01001", "Alpha"), membre("69001", "ALPHA")]);
    let rapprocheur = Rapprocheur::new(&perimetre, None, &BTreeMap::new());
    assert_eq!(candidats(&rapprocheur.rapprocher(Some("alpha"), None)), ["01001", "69001"]);
}

#[test]
fn une_correspondance_l_emporte_et_se_colle_telle_quelle() {
    let (perimetre, cog) = (territoire(), cog());
    let texte = "le \"grand\" bourg\\";
    let ligne = ligne_a_coller(texte, code("85003"), "Aizenay");
    assert_eq!(ligne, r#""le \"grand\" bourg\\" = "85003" # Aizenay"#);
    let correspondances: BTreeMap<String, CodeCommune> = toml::from_str(&ligne).unwrap();
    let rapprocheur = Rapprocheur::new(&perimetre, Some(&cog), &correspondances);
    let voulue = certain("85003", Methode::Correspondance);
    assert_eq!(rapprocheur.rapprocher(Some(texte), Some("85019")), voulue);
    assert_eq!(rapprocheur.rapprocher(Some("LE « GRAND » BOURG"), None), voulue);

    let ailleurs = BTreeMap::from([("Palluau".to_owned(), code("44109"))]);
    let rapprocheur = Rapprocheur::new(&perimetre, Some(&cog), &ailleurs);
    assert!(matches!(rapprocheur.rapprocher(Some("PALLUAU"), None), Rapprochement::HorsPerimetre { .. }));
}

proptest! {
    #[test]
    fn chaque_nom_officiel_se_trouve_avec_certitude(
        noms in prop::collection::btree_set("(L'|La |Les )?[A-Z][a-zéèœ]{1,8}(-(sur|en|le|Saint|d')-?[A-Z][a-zç]{1,8})?", 1..20)
    ) {
        let mut cles = BTreeSet::new();
        let membres: Vec<_> = noms
            .iter()
            .filter(|nom| cles.insert(normaliser(nom)))
            .enumerate()
            .map(|(i, nom)| membre(&format!("{}", 10_000 + i), nom))
            .collect();
        let perimetre = Perimetre::new("x", "x", membres);
        let rapprocheur = Rapprocheur::new(&perimetre, None, &BTreeMap::new());
        for m in perimetre.membres() {
            for nom in [m.nom.clone(), m.nom.to_uppercase(), m.nom.replace('-', " ")] {
                let trouve = rapprocheur.rapprocher(Some(&nom), None);
                prop_assert_eq!(trouve, certain(m.code.as_str(), Methode::Nom));
            }
        }
    }

    #[test]
    fn aucun_texte_ne_fait_tomber_le_rapprochement(nom in "\\PC*", code in "\\PC{0,6}") {
        let trouve = juger(&nom, &code);
        if let Rapprochement::Douteux { candidats } = trouve {
            prop_assert!((1..=CANDIDATS).contains(&candidats.len()));
        }
    }
}

const PARTAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared");
/// The members of the two RPE of Artois; they are part of a larger EPCI.
const ARTOIS: [&str; 40] = [
    "Auchy-au-Bois",
    "Blessy",
    "Bourecq",
    "Burbure",
    "Busnes",
    "Calonne-sur-la-Lys",
    "Cambrin",
    "Cuinchy",
    "Ecquedecques",
    "Estrée-Blanche",
    "Ferfay",
    "Festubert",
    "Givenchy-lès-la-Bassée",
    "Gonnehem",
    "Guarbecque",
    "Ham-en-Artois",
    "Isbergues",
    "La Couture",
    "Lambres",
    "Liettres",
    "Ligny-lès-Aire",
    "Lillers",
    "Linghem",
    "Locon",
    "Lorgies",
    "Mazinghem",
    "Mont-Bernanchon",
    "Neuve-Chapelle",
    "Norrent-Fontes",
    "Quernes",
    "Rely",
    "Richebourg",
    "Robecq",
    "Rombly",
    "Saint-Floris",
    "Saint-Hilaire-Cottes",
    "Saint-Venant",
    "Vieille-Chapelle",
    "Violaines",
    "Witternesse",
];

fn cog_reel() -> Option<Cog> {
    let dossier = Path::new(PARTAGE).join("data/cog");
    if !dossier.exists() {
        eprintln!("SAUTÉ : {} est absent", dossier.display());
        return None;
    }
    let lu = lire_cog(&dossier.join("communes.csv"), &dossier.join("mouvements-communes.csv"), None);
    Some(lu.unwrap())
}

fn epci(siren: &str) -> Perimetre {
    composition_epci(&Path::new(PARTAGE).join("data/cog/epci_composition_2025.csv"), siren).unwrap()
}

/// The three territories of the documents, by the mark that opens their list of names.
fn territoires() -> [(&'static str, Perimetre); 3] {
    let artois = epci("200072460")
        .membres()
        .iter()
        .filter(|m| ARTOIS.contains(&m.nom.as_str()))
        .cloned()
        .collect::<Vec<_>>();
    assert_eq!(artois.len(), ARTOIS.len());
    [
        ("Vie et Boulogne", epci("200072882")),
        ("Artois-Lys", Perimetre::new("rpe", "Artois-Lys Romane", artois)),
        ("Tonnerrois", epci("200039642")),
    ]
}

#[test]
fn les_noms_imprimes_trouvent_tous_leur_commune() {
    let Some(cog) = cog_reel() else { return };
    let fautes = BTreeMap::from([
        ("ARTHONAY", "Arthonnay"),
        ("CRUZY LZE CHATEL", "Cruzy-le-Châtel"),
        ("Ligny-les-aire", "Ligny-lès-Aire"),
        ("Ligny-les-Aires", "Ligny-lès-Aire"),
        ("MONT BERNENCHON", "Mont-Bernanchon"),
        ("Calonne/lys", "Calonne-sur-la-Lys"),
        ("LAMBRES LEZ AIRE", "Lambres"),
        ("TANLAY (COMMISSEY ; SAINT MARTIN)", "Tanlay"),
    ]);
    let texte = std::fs::read_to_string(Path::new(PARTAGE).join("commune-names.txt")).unwrap();
    let territoires = territoires();
    let (mut courant, mut trouves) = (None, 0);
    for ligne in texte.lines().filter(|l| !l.trim().is_empty()) {
        if let Some(titre) = ligne.strip_prefix('#') {
            courant = territoires.iter().find(|(marque, _)| titre.contains(marque)).map(|(_, p)| p);
            continue;
        }
        let perimetre = courant.unwrap();
        let rapprocheur = Rapprocheur::new(perimetre, Some(&cog), &BTreeMap::new());
        let trouve = rapprocheur.rapprocher(Some(ligne), None);
        let Rapprochement::Certain { code, methode } = trouve else {
            panic!("« {ligne} » : {trouve:?}");
        };
        let officiel = &perimetre.membre(code).unwrap().nom;
        let attendu = fautes.get(ligne).copied().unwrap_or(ligne);
        assert_eq!(normaliser(officiel), normaliser(attendu), "« {ligne} »");
        let fautif = matches!(ligne, "ARTHONAY" | "CRUZY LZE CHATEL" | "Ligny-les-Aires" | "MONT BERNENCHON");
        assert_eq!(methode == Methode::Proche, fautif, "« {ligne} » : {methode:?}");
        trouves += 1;
    }
    assert_eq!(trouves, 116);
}

#[test]
fn chaque_membre_des_territoires_se_trouve_par_son_nom_et_par_son_code() {
    let Some(cog) = cog_reel() else { return };
    for (_, perimetre) in territoires() {
        let rapprocheur = Rapprocheur::new(&perimetre, Some(&cog), &BTreeMap::new());
        for m in perimetre.membres() {
            assert_eq!(rapprocheur.rapprocher(Some(&m.nom), None), certain(m.code.as_str(), Methode::Nom));
            let code = m.code.to_string();
            assert_eq!(rapprocheur.rapprocher(None, Some(&code)), certain(&code, Methode::Code));
        }
    }
}

#[test]
fn une_lettre_changee_ne_mene_jamais_a_une_autre_commune() {
    let Some(cog) = cog_reel() else { return };
    for (_, perimetre) in territoires() {
        let rapprocheur = Rapprocheur::new(&perimetre, Some(&cog), &BTreeMap::new());
        for m in perimetre.membres() {
            let lettres: Vec<char> = m.nom.chars().collect();
            for i in (0..lettres.len()).step_by(2) {
                let mut faute = lettres.clone();
                if i % 4 == 0 {
                    faute.remove(i);
                } else {
                    faute[i] = 'x';
                }
                let faute: String = faute.into_iter().collect();
                if let Rapprochement::Certain { code, methode } = rapprocheur.rapprocher(Some(&faute), None) {
                    assert_eq!(code, m.code, "« {faute} » par {methode:?}");
                }
            }
        }
    }
}

#[test]
fn une_commune_d_ailleurs_n_est_jamais_prise_pour_un_membre_par_ressemblance() {
    let Some(cog) = cog_reel() else { return };
    for (_, perimetre) in territoires() {
        let rapprocheur = Rapprocheur::new(&perimetre, Some(&cog), &BTreeMap::new());
        for (_, nom) in cog.communes().filter(|(c, _)| perimetre.membre(*c).is_none()).step_by(97) {
            let trouve = rapprocheur.rapprocher(Some(nom), None);
            let devine = matches!(
                trouve,
                Rapprochement::Certain { methode: Methode::Proche | Methode::NomSansArticles, .. }
            );
            assert!(!devine, "« {nom} » : {trouve:?}");
        }
    }
}
