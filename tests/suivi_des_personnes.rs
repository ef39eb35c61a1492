//! Two lists that do not name people in the same way tell nobody's arrival nor departure.

use crate::commun::essai::Essai;
use observatoire::indicators::{Figure, Niveau, Statut};
use observatoire::pipeline::CompteRendu;
use observatoire::quality::Motif;
use std::fmt::Write as _;

const COMMUNES: [(&str, &str); 2] = [("85003", "Aizenay"), ("85029", "Bellevigny")];
const NOMS: [&str; 6] = ["UN", "DEUX", "TROIS", "QUATRE", "CINQ", "SIX"];

/// Six persons, each with the cells of the header.
fn liste(entetes: &str, cellules: &str) -> String {
    let mut texte = format!("{entetes}\n");
    for (rang, nom) in NOMS.iter().enumerate() {
        let ligne = cellules.replace("NOM", nom).replace("JOUR", &format!("0{}/02/1980", rang + 1));
        writeln!(texte, "{ligne}").unwrap();
    }
    texte
}

fn entiere() -> String {
    liste("Nom;Prénom;Date de naissance;Commune;Capacité", "NOM;Anne;JOUR;Aizenay;3")
}

fn comparer(avant: String, apres: String) -> CompteRendu {
    let essai = Essai::new("2024-12-31", &COMMUNES);
    essai.avec_cles("avant", "pmi", "date = 2023-12-31", avant).avec("apres", "pmi", apres).lancer()
}

fn figure(compte_rendu: &CompteRendu, id: &str) -> Figure {
    compte_rendu.table.figure(Niveau::Territoire, "essai", id, "", 2024).unwrap()
}

fn dits(compte_rendu: &CompteRendu) -> Vec<String> {
    let problemes = compte_rendu.bilans.problemes();
    problemes.filter(|(_, p)| p.motif == Motif::ListesIncomparables).map(|(_, p)| p.to_string()).collect()
}

#[test]
fn les_memes_colonnes_se_suivent_sans_un_mot() {
    let lu = comparer(entiere(), entiere());
    let departs = figure(&lu, "am_departs");
    assert_eq!((departs.valeur, departs.statut), (Some(0.0), Statut::Observe));
    assert!(dits(&lu).is_empty() && lu.qualite.changements.is_some());
}

#[test]
fn sans_prenoms_d_un_cote_personne_n_est_parti_ni_arrive() {
    let sans = liste("Nom;Petit nom;Date de naissance;Commune;Capacité", "NOM;Anne;JOUR;Aizenay;3");
    let lu = comparer(entiere(), sans);
    for id in ["am_arrivees", "am_departs", "am_solde", "taux_remplacement"] {
        let figure = figure(&lu, id);
        assert_eq!((figure.valeur, figure.statut), (None, Statut::NonDisponible), "{id}");
    }
    assert!(lu.qualite.changements.is_none(), "les changements ne se comparent pas non plus");
    insta::assert_snapshot!(dits(&lu).join("\n"));
}

#[test]
fn sans_dates_de_naissance_d_un_cote_les_flux_sont_des_estimations() {
    let sans = liste("Nom;Prénom;Commune;Capacité", "NOM;Anne;Aizenay;3").replace("SIX;", "SEPT;");
    let lu = comparer(entiere(), sans);
    for id in ["am_arrivees", "am_departs"] {
        let figure = figure(&lu, id);
        assert_eq!((figure.valeur, figure.statut), (Some(1.0), Statut::Estime), "{id}");
    }
    insta::assert_snapshot!(dits(&lu).join("\n"));
}

#[test]
fn deux_listes_sans_personne_en_commun_ne_se_suivent_pas() {
    let ailleurs = entiere().replace(";Anne", "BIS;Zoé");
    let lu = comparer(entiere(), ailleurs);
    assert_eq!(figure(&lu, "am_departs").statut, Statut::NonDisponible);
    insta::assert_snapshot!(dits(&lu).join("\n"));
}

/// What an earlier run kept says how it names people too.
#[test]
fn l_historique_se_compare_de_la_meme_facon() {
    let dossier = tempfile::tempdir().unwrap();
    let avant = Essai::new("2023-12-31", &COMMUNES).avec("pmi", "pmi", entiere());
    avant.lancer_dans(dossier.path(), "indicateurs");
    let sans = liste("Nom;Date de naissance;Commune;Capacité", "NOM;JOUR;Aizenay;3");
    let apres = Essai::new("2024-12-31", &COMMUNES).avec("pmi", "pmi", sans);
    let lu = apres.lancer_dans(dossier.path(), "indicateurs");
    assert_eq!(figure(&lu, "am_departs").statut, Statut::NonDisponible);
    assert!(dits(&lu)[0].contains("et non dans « pmi »"), "{:?}", dits(&lu));
}

/// Twenty-four persons, half of whom are called by another name a year later: nobody came nor left.
#[test]
fn le_nom_d_usage_a_la_place_du_nom_de_naissance_ne_fait_partir_personne() {
    let liste = |epouses: bool| {
        let mut texte = "Nom;Prénom;Date de naissance;Commune;Capacité\n".to_owned();
        for n in 0..24 {
            let nom = if epouses && n % 2 == 0 { "EPOUX" } else { "NOM" };
            writeln!(texte, "{nom}{n};Anne;{:02}/03/1975;Aizenay;3", n + 1).unwrap();
        }
        texte
    };
    let lu = comparer(liste(false), liste(true));
    let departs = figure(&lu, "am_departs");
    assert_eq!((departs.valeur, departs.statut), (Some(0.0), Statut::Observe));
    let dit = lu.bilans.problemes().find(|(_, p)| p.motif == Motif::NomChange).unwrap().1;
    assert!(dit.detail.starts_with("12 personne(s)"), "{dit}");
    // Without birth dates, nothing tells that they stayed.
    let sans_naissance = |liste: String| liste.replace("Date de naissance", "Téléphone");
    let lu = comparer(sans_naissance(liste(false)), sans_naissance(liste(true)));
    assert_eq!(figure(&lu, "am_departs").statut, Statut::NonDisponible);
    assert!(dits(&lu)[0].contains("12 seulement des 24 personnes"), "{:?}", dits(&lu));
    assert_eq!(figure(&lu, "am_agrees").valeur, Some(24.0));
    assert!(dits(&comparer(liste(false), liste(false))).is_empty());
}

/// A date that was mistyped one year is corrected the next: nobody left, and nobody came. Two people of one name, of whom
/// one moved, are two people.
#[test]
fn une_date_de_naissance_corrigee_ne_fait_partir_personne() {
    let corrigee = entiere().replace("03/02/1980", "13/02/1968");
    let lu = comparer(entiere(), corrigee.clone());
    for id in ["am_arrivees", "am_departs"] {
        assert_eq!((figure(&lu, id).valeur, figure(&lu, id).statut), (Some(0.0), Statut::Observe), "{id}");
    }
    let dit = lu.bilans.problemes().find(|(_, p)| p.motif == Motif::NaissanceCorrigee).unwrap();
    insta::assert_snapshot!(dit.1.to_string());
    let demenagee = corrigee.replace("TROIS;Anne;13/02/1968;Aizenay", "TROIS;Anne;13/02/1968;Bellevigny");
    let lu = comparer(entiere(), demenagee);
    assert_eq!((figure(&lu, "am_arrivees").valeur, figure(&lu, "am_departs").valeur), (Some(1.0), Some(1.0)));
}

/// « Anne » of one list is « Anna » of the next: nobody came nor left. Twins, of whom one stops the year the other begins, would
/// be one person: so it is told.
#[test]
fn un_prenom_ecrit_autrement_ne_fait_partir_personne() {
    let corrige = entiere().replace("SIX;Anne", "SIX;Anna Maria");
    let lu = comparer(entiere(), corrige.clone());
    for id in ["am_arrivees", "am_departs"] {
        assert_eq!((figure(&lu, id).valeur, figure(&lu, id).statut), (Some(0.0), Statut::Observe), "{id}");
    }
    let dit = lu.bilans.problemes().find(|(_, p)| p.motif == Motif::PrenomChange).unwrap().1;
    insta::assert_snapshot!(dit.to_string());
    // Another birth date too: somebody else.
    let autre = entiere().replace("SIX;Anne;06/02/1980", "SIX;Anna;07/02/1980");
    let lu = comparer(entiere(), autre);
    assert_eq!(figure(&lu, "am_arrivees").valeur, Some(1.0));
    assert!(lu.bilans.problemes().all(|(_, p)| p.motif != Motif::PrenomChange));
    // Both on one list: two persons.
    let deux = format!("{corrige}SIX;Anne;06/02/1980;Aizenay;3\n");
    let lu = comparer(entiere(), deux);
    assert_eq!(figure(&lu, "am_arrivees").valeur, Some(1.0));
}

#[test]
fn qui_change_de_nom_de_famille_n_est_ni_partie_ni_arrivee() {
    let mariee = entiere().replace("SIX;Anne", "LEROY;Anne");
    let lu = comparer(entiere(), mariee.clone());
    for id in ["am_arrivees", "am_departs"] {
        assert_eq!((figure(&lu, id).valeur, figure(&lu, id).statut), (Some(0.0), Statut::Observe), "{id}");
    }
    let dit = lu.bilans.problemes().find(|(_, p)| p.motif == Motif::NomChange).unwrap().1;
    assert!(dit.detail.starts_with("1 personne(s)"), "{dit}");
    // Another first name, another birth date: somebody else.
    for autre in ["LEROY;Léa;06/02/1980;Aizenay", "LEROY;Anne;07/02/1980;Aizenay"] {
        let lu = comparer(entiere(), entiere().replace("SIX;Anne;06/02/1980;Aizenay", autre));
        assert_eq!(figure(&lu, "am_arrivees").valeur, Some(1.0), "{autre}");
        assert!(lu.bilans.problemes().all(|(_, p)| p.motif != Motif::NomChange), "{autre}");
    }
    // Both on one list: two persons.
    let ligne = "LEROY;Anne;06/02/1980;Aizenay;3\n";
    let lu = comparer(entiere(), entiere() + ligne);
    assert_eq!(figure(&lu, "am_arrivees").valeur, Some(1.0));
}

/// Under her other name in another commune, she has moved: nobody left, and nobody came.
#[test]
fn qui_demenage_sous_un_autre_nom_a_change_de_commune() {
    for ailleurs in ["LEROY;Anne;06/02/1980;Bellevigny", "SIX;Anna;06/02/1980;Bellevigny"] {
        let lu = comparer(entiere(), entiere().replace("SIX;Anne;06/02/1980;Aizenay", ailleurs));
        for id in ["am_arrivees", "am_departs"] {
            assert_eq!(figure(&lu, id).valeur, Some(0.0), "{id} {ailleurs}");
        }
        let entrees = lu.table.figure(Niveau::Territoire, "essai", "am_demenagements", "entrees", 2024);
        assert_eq!(entrees.and_then(|f| f.valeur), Some(1.0), "{ailleurs}");
        let dit = lu.bilans.problemes().find(|(_, p)| p.detail.contains("ayant changé de commune"));
        assert!(dit.is_some(), "{ailleurs}");
    }
}

/// A sheet of nobody is the last part of a list, and a name was corrected in another part.
#[test]
fn une_derniere_partie_sans_personne_n_arrete_rien() {
    let essai = Essai::new("2024-12-31", &COMMUNES);
    let entete = "Nom;Prénom;Date de naissance;Commune;Capacité\n";
    let ailleurs = format!("{entete}SEPT;Anne;07/02/1980;Nulle part;3\n");
    let lu = essai
        .avec_cles("avant", "pmi", "date = 2023-12-31", entiere())
        .avec("apres", "pmi", entiere().replace("SIX;Anne", "SIX;Anna"))
        .avec("reste", "pmi", ailleurs)
        .lancer();
    assert_eq!(figure(&lu, "am_agrees").valeur, Some(6.0));
    assert!(lu.bilans.problemes().any(|(_, p)| p.motif == Motif::PrenomChange));
}

#[test]
fn une_mere_et_sa_fille_de_meme_nom_sont_deux_personnes() {
    // Thirty years apart: no birth date was mistyped.
    let fille = entiere().replace("SIX;Anne;06/02/1980", "SIX;Anne;19/10/1950");
    let lu = comparer(entiere(), fille);
    assert_eq!((figure(&lu, "am_arrivees").valeur, figure(&lu, "am_departs").valeur), (Some(1.0), Some(1.0)));
    // Initials are those of many.
    let initiales = |nom: &str| entiere().replace("SIX;Anne", &format!("{nom};S."));
    let lu = comparer(initiales("ZOLA"), initiales("HUGO"));
    assert_eq!(figure(&lu, "am_arrivees").valeur, Some(1.0));
}
