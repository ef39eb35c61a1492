//! Whoever keeps the report of another year reads both: what each of them withholds, the two together do not give.

use crate::commun::essai::Essai;
use crate::commun::{Copie, Muet, demo, options};
use crate::divulgation::{TERRITOIRE, ages, attaquer, communes, publier, table};
use observatoire::disclosure::{Audience, divulguer};
use observatoire::indicators::{Niveau, Statut, TableIndicateurs};
use observatoire::pipeline::{CompteRendu, lancer};
use observatoire::reprises::Reprises;
use polars::prelude::*;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fs;

/// A table with another column.
fn avec(table: &TableIndicateurs, colonne: Column) -> TableIndicateurs {
    let mut trame = table.trame().unwrap();
    trame.with_column(colonne).unwrap();
    TableIndicateurs::new(&trame).unwrap()
}

/// The same figures, the communes in the other order.
fn retourner(table: &TableIndicateurs) -> TableIndicateurs {
    let communes: Vec<&str> = {
        let lieux = table.lieux().iter().filter(|lieu| lieu.niveau == Niveau::Commune);
        lieux.map(|lieu| lieu.code.as_str()).collect()
    };
    let autres: BTreeMap<&str, &str> = communes.iter().copied().zip(communes.iter().copied().rev()).collect();
    let trame = table.trame().unwrap();
    let codes = trame.column("code").unwrap().str().unwrap();
    let codes: Vec<&str> = codes.iter().flatten().map(|code| *autres.get(code).unwrap_or(&code)).collect();
    avec(table, Column::new("code".into(), codes))
}

/// What is withheld of the same figures when the communes come in the other order, as another version of the program might.
fn publier_autrement(interne: &TableIndicateurs) -> TableIndicateurs {
    retourner(&publier(&retourner(interne)).table)
}

/// What is read of two reports that give the same rows.
fn ensemble(un: &TableIndicateurs, autre: &TableIndicateurs) -> TableIndicateurs {
    let (mut trame, autre) = (un.trame().unwrap(), autre.trame().unwrap());
    let retenues = trame.column("statut").unwrap().str().unwrap().equal(Statut::Secret.mot());
    for nom in ["valeur", "numerateur", "denominateur", "statut"] {
        let (ici, la) = (trame.column(nom).unwrap(), autre.column(nom).unwrap());
        let lue = la.as_materialized_series().zip_with(&retenues, ici.as_materialized_series());
        trame.with_column(lue.unwrap().into_column()).unwrap();
    }
    TableIndicateurs::new(&trame).unwrap()
}

fn publier_apres(interne: &TableIndicateurs, autre: &TableIndicateurs) -> TableIndicateurs {
    divulguer(interne, Audience::Public, std::slice::from_ref(autre), &Reprises::en_memoire()).table
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    /// A version of the program that chooses otherwise, another order of the communes: what the first report withheld stays so.
    #[test]
    fn deux_rapports_ne_rendent_rien_ensemble(communes in communes()) {
        let interne = table(&communes);
        let avant = publier_autrement(&interne);
        let montre = ensemble(&avant, &publier_apres(&interne, &avant));
        let (trouvailles, _) = attaquer(&interne, &montre, 2024, TERRITOIRE);
        prop_assert!(trouvailles.is_empty(), "{trouvailles:#?}");
    }

    /// What a report showed is shown again by the next one, and what it withheld is withheld: it has nothing more to protect.
    #[test]
    fn un_rapport_deja_paru_est_suivi(communes in communes()) {
        let interne = table(&communes);
        let avant = publier_autrement(&interne);
        let apres = publier_apres(&interne, &avant);
        prop_assert!(avant.trame().unwrap().equals_missing(&apres.trame().unwrap()));
    }
}

/// Without the memory of the other report, two of them do give small numbers: the attacker above can win.
#[test]
fn deux_rapports_qui_s_ignorent_rendent_des_petits_nombres() {
    let communes = [3, 6, 6, 6].map(|ici| ages([0, 0, 0, 0, 0, 12 - ici, ici, 0, 0, 0]));
    let interne = table(&communes);
    let (un, autre) = (publier(&interne).table, publier_autrement(&interne));
    assert!(attaquer(&interne, &un, 2024, TERRITOIRE).0.is_empty());
    assert!(attaquer(&interne, &autre, 2024, TERRITOIRE).0.is_empty());
    let (trouvailles, _) = attaquer(&interne, &ensemble(&un, &autre), 2024, TERRITOIRE);
    assert!(!trouvailles.is_empty(), "les deux ensemble ne disent rien de plus que chacun");
}

/// A table of a year, and the one that its report of the year before had.
fn jusqu_a(table: &TableIndicateurs, annee: i32) -> TableIndicateurs {
    let trame = table.trame().unwrap().lazy().filter(col("annee").lt_eq(lit(annee))).collect().unwrap();
    TableIndicateurs::new(&trame).unwrap()
}

/// Where a row of both stands in the other, shown or not: how many are shown in one and withheld in the other.
fn desaccords(un: &TableIndicateurs, autre: &TableIndicateurs) -> usize {
    un.suivis()
        .map(|suivi| {
            let lieu = suivi.lieu();
            let ailleurs = autre.serie(lieu.niveau, &lieu.code, suivi.indicateur(), suivi.modalite());
            let paires = suivi.figures().filter_map(|ici| {
                let la = ailleurs.iter().find(|la| la.annee == ici.annee)?;
                Some((ici.statut == Statut::Secret) != (la.statut == Statut::Secret))
            });
            paires.filter(|differents| *differents).count()
        })
        .sum()
}

#[test]
fn le_rapport_de_l_annee_suivante_retient_ce_que_retenait_l_ancien() {
    let interne = &demo().compte_rendu.table;
    let avant = publier_autrement(&jusqu_a(interne, 2023));
    assert!(
        desaccords(&avant, &publier(interne).table) > 0,
        "sans mémoire, rien ne change : rien à éprouver"
    );
    assert_eq!(desaccords(&avant, &publier_apres(interne, &avant)), 0);
}

fn dater(copie: &Copie, annee: i32) -> CompteRendu {
    let texte = fs::read_to_string(copie.pipeline()).unwrap();
    let date = texte.lines().find(|ligne| ligne.starts_with("date = ")).unwrap().to_owned();
    let nouvelle = format!("date = {annee}-12-31");
    fs::write(copie.pipeline(), texte.replacen(&date, &nouvelle, 1)).unwrap();
    copie.lancer().unwrap()
}

/// What the élus have of a report.
fn lu_par_les_elus(copie: &Copie, annee: i32) -> TableIndicateurs {
    let chemin = copie.chemin(&format!("reports/demo/{annee}/elus/indicateurs.parquet"));
    let parquet = polars_io::parquet::read::ParquetReader::new(fs::File::open(chemin).unwrap());
    TableIndicateurs::new(&polars_io::SerReader::finish(parquet).unwrap()).unwrap()
}

#[test]
fn d_une_annee_a_l_autre_les_rapports_d_un_dossier_s_accordent() {
    let copie = Copie::new();
    dater(&copie, 2023);
    let paru = lu_par_les_elus(&copie, 2023);
    dater(&copie, 2024);
    assert_eq!(desaccords(&paru, &lu_par_les_elus(&copie, 2024)), 0);
}

#[test]
fn a_cote_d_un_rapport_que_l_on_ne_peut_plus_lire_rien_n_est_montre() {
    let essai = Essai::new("2023-12-31", &[("96001", "Bourg"), ("96002", "Village")]).avec(
        "comptes",
        "imaje",
        "Code commune;Enfants de moins de 3 ans\n96001;40\n96002;3\n",
    );
    let dossier = tempfile::tempdir().unwrap();
    essai.lancer_dans(dossier.path(), "indicateurs");
    let garde = dossier.path().join("data/essai/publications/2023.table");
    let octets = fs::read(&garde).unwrap();
    fs::write(&garde, &octets[..octets.len() - 40]).unwrap();
    // The report itself made anew does not read it.
    let le_meme = essai.lancer_dans(dossier.path(), "indicateurs");
    assert!(!le_meme.a_des_lacunes());
    assert_eq!(fs::read(&garde).unwrap(), octets);
    fs::write(&garde, b"abime").unwrap();
    let suivant = Essai::new("2024-12-31", &[("96001", "Bourg"), ("96002", "Village")]).avec(
        "comptes",
        "imaje",
        "Code commune;Enfants de moins de 3 ans\n96001;41\n96002;3\n",
    );
    let pipeline = suivant.ecrire(dossier.path());
    let erreur = lancer(&pipeline, &options(dossier.path()), &Muet).unwrap_err().to_string();
    assert!(erreur.contains("publications/2023.table") && erreur.contains("refaites le rapport"), "{erreur}");
    assert!(
        !dossier.path().join("reports/essai/2024").exists(),
        "rien n’est montré à côté de ce qu’on ne sait pas"
    );
    // That report made anew says it again.
    essai.lancer_dans(dossier.path(), "indicateurs");
    suivant.lancer_dans(dossier.path(), "geojson");
    // What this one shows is kept, whatever the deliverables.
    assert!(dossier.path().join("data/essai/publications/2024.table").exists());
}

/// What is shown is kept, be it that the years cannot be.
#[test]
fn ce_que_montre_un_rapport_est_garde_sans_l_historique() {
    let essai = Essai::new("2023-12-31", &[("96001", "Bourg"), ("96002", "Village")]).avec(
        "comptes",
        "imaje",
        "Code commune;Enfants de moins de 3 ans\n96001;40\n96002;3\n",
    );
    let dossier = tempfile::tempdir().unwrap();
    fs::create_dir_all(dossier.path().join("data/essai")).unwrap();
    fs::write(dossier.path().join("data/essai/historique"), "un fichier à sa place").unwrap();
    assert!(essai.lancer_dans(dossier.path(), "indicateurs").historique.is_err());
    assert!(dossier.path().join("data/essai/publications/2023.table").exists());
}
