//! Charts and maps as pictures: `graphiques/<nom>.svg` and `.png`, all of one look.
//!
//! A new chart is one file here and one line in [`GRAPHIQUES`]. A chart whose data are absent is not
//! written: there is never an empty frame.

mod am_et_places;
mod am_par_commune;
mod cadre;
mod cartes;
mod courbe;
mod enquetes;
mod financement;
mod flux_am;
mod naissances;
mod offre_par_mode;
mod projection;
mod pyramide_ages;
mod solde_par_commune;
mod toile;
mod volets;

#[cfg(test)]
pub(crate) mod essai;

pub use toile::{Image, Legende};

pub(crate) use cadre::{
    HAUTEUR_NUE, Habillage, Panneau, Zone, annees_connues, citations, citer, collectif_passe, notes,
    regrouper,
};
pub(crate) use enquetes::moyennes;
pub(crate) use flux_am::{annees_declarees, annees_des_flux, dire_l_ecart, dire_les_declarees};
pub(crate) use naissances::ENFANTS_D_APRES_LES_NAISSANCES;
pub(crate) use toile::{Ancre, CAPITALES, Texte, Toile, couper, largeur, pt, rectangle};
pub(crate) use volets::{Volet, tracer as tracer_les_volets};

use super::{Contexte, ErreurLivrable, Livrable};
use crate::indicators::{Figure, Niveau, Statut};
use crate::parallele::en_parallele;
use std::path::{Path, PathBuf};
use std::sync::Arc;

type Dessiner = fn(&Contexte<'_>) -> Result<Option<Image>, ErreurLivrable>;

/// Every chart: its name and how it is drawn, in the order of pages.
const GRAPHIQUES: &[(&str, Dessiner)] = &[
    (am_et_places::NOM, am_et_places::dessiner),
    (flux_am::NOM, flux_am::dessiner),
    (pyramide_ages::NOM, pyramide_ages::dessiner),
    (offre_par_mode::NOM, offre_par_mode::dessiner),
    (financement::NOM, financement::dessiner),
    (naissances::NOM, naissances::dessiner),
    (solde_par_commune::NOM, solde_par_commune::dessiner),
    (am_par_commune::NOM, am_par_commune::dessiner),
    (projection::NOM, projection::dessiner),
    (cartes::NOM_PLACES, cartes::dessiner_places),
    (cartes::NOM_ACCESSIBILITE, cartes::dessiner_accessibilite),
    (cartes::NOM_TENSION, cartes::dessiner_tension),
    (cartes::NOM_NAISSANCES, cartes::dessiner_naissances),
];

/// The charts and maps of the report.
#[derive(Debug)]
pub struct Graphiques;

/// The files of one picture.
struct Fichiers {
    nom: String,
    svg: Arc<Vec<u8>>,
    png: Arc<Vec<u8>>,
}

impl Livrable for Graphiques {
    fn nom(&self) -> &'static str {
        "graphiques"
    }

    fn produire(&self, contexte: &Contexte<'_>, dossier: &Path) -> Result<Vec<PathBuf>, ErreurLivrable> {
        let mut ecrits = Vec::new();
        for fichiers in fabriquer(contexte)? {
            let chemin = dossier.join(self.nom());
            std::fs::create_dir_all(&chemin).map_err(|cause| ErreurLivrable::Ecriture { chemin, cause })?;
            for (extension, contenu) in [("svg", &fichiers.svg), ("png", &fichiers.png)] {
                let relatif = Path::new(self.nom()).join(format!("{}.{extension}", fichiers.nom));
                let chemin = dossier.join(&relatif);
                std::fs::write(&chemin, &**contenu)
                    .map_err(|cause| ErreurLivrable::Ecriture { chemin, cause })?;
                ecrits.push(relatif);
            }
        }
        Ok(ecrits)
    }
}

/// Every picture whose data are there, in the order of pages; drawn side by side.
fn fabriquer(contexte: &Contexte<'_>) -> Result<Vec<Fichiers>, ErreurLivrable> {
    type Tache<'a> = Box<dyn Fn() -> Result<Option<Image>, ErreurLivrable> + Sync + 'a>;
    let graphiques = GRAPHIQUES.iter().map(|(_, dessiner)| Box::new(|| dessiner(contexte)) as Tache<'_>);
    let questions = enquetes::questions(contexte).into_iter();
    let questions = questions.map(|q| Box::new(move || enquetes::dessiner(contexte, q)) as Tache<'_>);
    let taches: Vec<Tache<'_>> = graphiques.chain(questions).collect();
    let faits = en_parallele(&taches, |dessiner| {
        let Some(image) = dessiner()? else { return Ok(None) };
        let (svg, png) = (image.svg_garde(contexte.reprises)?, image.png_garde(contexte.reprises)?);
        Ok(Some(Fichiers { nom: image.nom, svg, png }))
    });
    faits.into_iter().filter_map(Result::transpose).collect()
}

/// The names of the charts, in the order of pages.
pub fn noms() -> impl Iterator<Item = &'static str> {
    GRAPHIQUES.iter().map(|(nom, _)| *nom)
}

/// Draws one chart, for a page that shows it; none if the name is unknown or the data absent.
///
/// # Errors
/// If a library refuses the drawing.
pub fn dessiner(nom: &str, contexte: &Contexte<'_>) -> Result<Option<Image>, ErreurLivrable> {
    if let Some((_, dessiner)) = GRAPHIQUES.iter().find(|(n, _)| *n == nom) {
        return dessiner(contexte);
    }
    let question =
        enquetes::questions(contexte).into_iter().find(|(q, question)| enquetes::nom(q, question) == nom);
    question.map_or(Ok(None), |question| enquetes::dessiner(contexte, question))
}

/// Draws a chart for a slide, whose title and foot say what the picture of the report has around it; the foot with
/// it. None if the data are absent, or if that chart has no such drawing.
///
/// # Errors
/// If a library refuses the drawing.
pub(crate) fn dessiner_nu(
    nom: &str,
    contexte: &Contexte<'_>,
) -> Result<Option<(Image, String)>, ErreurLivrable> {
    match nom {
        pyramide_ages::NOM => pyramide_ages::dessiner_nue(contexte),
        cartes::NOM_PLACES => cartes::dessiner_places_nue(contexte),
        _ => Ok(None),
    }
}

/// The figures of the territory up to the year of the report. A year that the table does not hold,
/// between two that it holds, is not available: it is shown as such.
fn serie(contexte: &Contexte<'_>, indicateur: &str, modalite: &str) -> Vec<Figure> {
    serie_de(contexte, (Niveau::Territoire, contexte.code_territoire), indicateur, modalite)
}

/// The same figures of another place, given by its level and code.
pub(crate) fn serie_de(
    contexte: &Contexte<'_>,
    (niveau, code): (Niveau, &str),
    indicateur: &str,
    modalite: &str,
) -> Vec<Figure> {
    let lues = contexte.table.serie(niveau, code, indicateur, modalite);
    let mut serie: Vec<Figure> = Vec::new();
    for figure in lues.into_iter().filter(|f| f.annee <= contexte.annee) {
        let suivante = serie.last().map_or(figure.annee, |f| f.annee + 1);
        serie.extend((suivante..figure.annee).map(non_disponible));
        serie.push(figure);
    }
    serie
}

/// What stands for a figure that the table does not hold.
pub(crate) fn non_disponible(annee: i32) -> Figure {
    Figure {
        annee,
        date_observation: None,
        valeur: None,
        numerateur: None,
        denominateur: None,
        statut: Statut::NonDisponible,
        parties: 0,
        parties_attendues: 0,
        sources: "".into(),
    }
}

/// A sentence: ends with a full stop.
fn phrase(texte: &str) -> String {
    if texte.ends_with('.') { texte.to_owned() } else { format!("{texte}.") }
}

/// The description of a picture: its subtitle, its figures, its note, its sources.
pub(crate) fn decrire(habillage: &Habillage, mots: &[String]) -> String {
    let mut parties = vec![phrase(&habillage.sous_titre)];
    parties.extend_from_slice(mots);
    parties.extend([habillage.note.clone(), habillage.source.clone()]);
    parties.retain(|p| !p.is_empty());
    parties.join(" ")
}

#[cfg(test)]
mod tests {
    use super::essai::{Essai, Ligne};
    use super::*;

    fn image(nom: &str, essai: &Essai) -> Image {
        dessiner(nom, &essai.contexte()).unwrap().unwrap_or_else(|| panic!("{nom} n’est pas dessiné"))
    }

    fn mots(nom: &str, essai: &Essai) -> String {
        image(nom, essai).legende.description
    }

    fn taire(ligne: &mut Ligne, statut: Statut) {
        ligne.statut = statut;
        ligne.valeur = None;
    }

    #[test]
    fn aucun_texte_ne_sort_ni_ne_se_superpose() {
        let essai = Essai::new();
        for nom in noms() {
            image(nom, &essai).verifier_les_textes();
        }
    }

    /// A number on a picture is a value of the table, a sum or a difference of two that the picture says it is,
    /// a round graduation, a year, or a count of communes.
    #[test]
    fn aucune_image_ne_dit_un_chiffre_que_la_table_n_a_pas() {
        use crate::deliverables::look::{MOINS, ecart, nombre, pourcent};
        use std::collections::BTreeSet;
        let essai = Essai::new();
        let contexte = essai.contexte();
        let ecrire = |v: f64| [nombre(v, 0), nombre(v, 1), ecart(v, 0), pourcent(v, 1)];
        let valeurs = contexte.table.trame().unwrap().column("valeur").unwrap().f64().unwrap().clone();
        let mut connus: BTreeSet<String> = valeurs.iter().flatten().flat_map(ecrire).collect();
        let lire = |id: &str, annee| {
            contexte
                .table
                .figure(Niveau::Territoire, Essai::TERRITOIRE, id, "", annee)
                .unwrap()
                .valeur
                .unwrap()
        };
        for annee in 2019..=2024 {
            connus.extend(ecrire(lire("am_arrivees", annee) - lire("am_departs", annee)));
            connus.extend(ecrire(lire("am_places", annee) + lire("eaje_places", annee)));
        }
        let est_rond = |n: f64| n == 0.0 || (2.0 * n / 10_f64.powf(n.log10().floor())).fract() == 0.0;
        for nom in noms() {
            for (texte, _) in image(nom, &essai).textes() {
                let chiffres = texte.replace('\u{202f}', "").replace(MOINS, "-").replace(',', ".");
                let Ok(valeur) = chiffres.trim_start_matches('+').trim_end_matches('%').parse::<f64>() else {
                    continue;
                };
                let annee = (2008.0..=2034.0).contains(&valeur);
                let communes = valeur.fract() == 0.0 && (0.0..=15.0).contains(&valeur);
                assert!(
                    connus.contains(&texte) || annee || communes || est_rond(valeur.abs()),
                    "{nom} dit {texte}, qui n’est pas dans la table"
                );
            }
        }
    }

    #[test]
    fn memes_donnees_memes_octets() {
        let (un, deux) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let essai = Essai::new();
        let ecrits = Graphiques.produire(&essai.contexte(), un.path()).unwrap();
        assert_eq!(ecrits.len(), 2 * GRAPHIQUES.len());
        assert_eq!(ecrits, Graphiques.produire(&Essai::new().contexte(), deux.path()).unwrap());
        for fichier in ecrits {
            let lire = |dossier: &Path| std::fs::read(dossier.join(&fichier)).unwrap();
            assert!(lire(un.path()) == lire(deux.path()), "{}", fichier.display());
        }
    }

    #[test]
    fn la_description_parle_comme_un_bureau_francais() {
        let texte = mots("am-et-places", &Essai::new());
        assert!(texte.contains("2024\u{a0}: 1\u{202f}092"), "{texte}");
        assert!(texte.contains("PMI, listes du 31/12/2019 au 31/12/2024"), "{texte}");
        assert!(mots("flux-am", &Essai::new()).contains("51\u{a0}départs, solde \u{2212}43"));
        assert!(mots("pyramide-ages", &Essai::new()).contains("29,9\u{202f}%"));
    }

    #[test]
    fn le_collectif_d_avant_le_recensement_dit_ce_qu_il_compte() {
        let mut essai = Essai::new();
        assert!(mots("offre-par-mode", &essai).contains("ceux qui ont fermé depuis peuvent y manquer"));
        essai.changer(|l| l.indicateur == "eaje_places", |l| l.statut = Statut::Observe);
        assert!(!mots("offre-par-mode", &essai).contains("ceux qui ont fermé depuis"));
    }

    #[test]
    fn la_note_des_flux_ne_parle_que_des_annees_qu_elle_connait() {
        assert_eq!(dire_les_declarees(&[], &[2023, 2024]), "");
        assert_eq!(
            dire_les_declarees(&[2023, 2024], &[2023, 2024]),
            "Arrivées et départs déclarés par le relais en 2023 et 2024."
        );
        let melees = dire_les_declarees(&[2019], &[2019, 2023, 2024]);
        assert!(
            melees.contains("en 2019, comptés d’une liste de la PMI à la suivante en 2023 et 2024"),
            "{melees}"
        );
    }

    #[test]
    fn le_titre_dit_l_evolution_si_elle_se_compare() {
        let titre = |essai: &Essai| image("am-et-places", essai).legende.titre;
        let mut essai = Essai::new();
        assert_eq!(
            titre(&essai),
            "312\u{a0}assistants maternels agréés en 2024, 95\u{a0}de moins qu’en 2019"
        );
        essai.changer(|l| l.annee == 2019 && l.indicateur == "am_agrees", |l| l.parties = (11, 15));
        assert_eq!(titre(&essai), "Assistants maternels agréés et leurs places, de 2019 à 2024");
        assert!(mots("am-et-places", &essai).contains("somme de 11\u{a0}communes sur 15 en 2019"));
        // As many communes, and not the same.
        let mut essai = Essai::new();
        essai.changer(
            |l| l.niveau == "commune" && l.annee == 2019 && l.code == Essai::SECRETE,
            |l| l.code = "85999".to_owned(),
        );
        assert_eq!(titre(&essai), "Assistants maternels agréés et leurs places, de 2019 à 2024");
    }

    #[test]
    fn une_annee_manquante_est_un_trou_jamais_un_zero() {
        let mut sans_ligne = Essai::new();
        sans_ligne.retirer(|l| l.indicateur == "am_agrees" && l.annee == 2021);
        let mut sans_valeur = Essai::new();
        sans_valeur
            .changer(|l| l.indicateur == "am_agrees" && l.annee == 2021, |l| taire(l, Statut::NonDisponible));
        for essai in [sans_ligne, sans_valeur] {
            let image = image("am-et-places", &essai);
            image.verifier_les_textes();
            let texte = &image.legende.description;
            assert!(texte.contains("2021\u{a0}: n.d."), "{texte}");
            assert!(texte.contains("n.d.\u{a0}: non disponible."), "{texte}");
            assert!(image.textes().iter().any(|(t, _)| t == "n.d."), "le trou n’est pas écrit");
            // Two segments fewer: the line stops on both sides of the gap.
            let complet = self::image("am-et-places", &Essai::new()).svg().unwrap();
            assert!(
                image.svg().unwrap().matches("stroke=\"#1d4e7e\"").count() + 2
                    == complet.matches("stroke=\"#1d4e7e\"").count()
            );
        }
    }

    #[test]
    fn l_axe_dit_sa_premiere_et_sa_derniere_annee() {
        let essai = Essai::new();
        let figures = serie(&essai.contexte(), "naissances", "");
        let annees = annees_connues([figures.as_slice()]);
        assert!(annees.len() > 10, "trop peu d’années pour que l’axe en omette : {annees:?}");
        let textes = image("naissances", &essai).textes();
        for bout in [annees[0], annees[annees.len() - 1]] {
            assert!(textes.iter().any(|(texte, _)| *texte == bout.to_string()), "{bout} : {textes:?}");
        }
    }

    #[test]
    fn ce_qui_est_estime_se_voit() {
        let texte = mots("naissances", &Essai::new());
        assert!(texte.contains("2024\u{a0}: 1\u{202f}263 (estimé)"), "{texte}");
        assert!(texte.contains("Point creux et tirets\u{a0}: valeur estimée."), "{texte}");
    }

    #[test]
    fn une_pyramide_retenue_n_est_pas_dessinee() {
        let pyramide = |essai: &Essai| dessiner("pyramide-ages", &essai.contexte()).unwrap();
        let mut secrete = Essai::new();
        secrete.changer(|l| l.indicateur == "pyramide_ages", |l| taire(l, Statut::Secret));
        assert!(pyramide(&secrete).is_none());
        let mut petite = Essai::new();
        petite.changer(
            |l| l.indicateur == "pyramide_ages",
            |l| l.valeur = Some(f64::from(u8::from(l.modalite.ends_with("domicile")))),
        );
        assert!(pyramide(&petite).is_none(), "dix personnes");
        let dossier = tempfile::tempdir().unwrap();
        let ecrits = Graphiques.produire(&petite.contexte(), dossier.path()).unwrap();
        assert!(!ecrits.iter().any(|f| f.to_string_lossy().contains("pyramide")));
    }

    #[test]
    fn sans_le_detail_les_classes_seules() {
        let mut essai = Essai::new();
        essai.changer(
            |l| l.indicateur == "pyramide_ages" && l.modalite.contains(':'),
            |l| taire(l, Statut::Secret),
        );
        let image = image("pyramide-ages", &essai);
        image.verifier_les_textes();
        let texte = &image.legende.description;
        assert!(texte.contains("55 à 59 ans\u{a0}: 40."), "{texte}");
        assert!(texte.contains("Le détail à domicile / en MAM n’est pas diffusé\u{a0}: trop peu"), "{texte}");
        assert!(texte.contains("312\u{a0}assistants maternels, dont 4 d’âge inconnu"), "{texte}");
        assert!(texte.contains("29,9\u{202f}%"), "{texte}");
        assert!(!texte.contains("à domicile,") && !texte.contains("s. :"), "{texte}");
    }

    /// The classes that disclosure withholds are marked; the figures of the table, and only they, stand.
    #[test]
    fn une_classe_retenue_est_marquee() {
        let mut essai = Essai::new();
        let retenue = |m: &str| m.contains(':') || matches!(m, "moins_25" | "25_29" | "inconnu");
        essai.changer(
            |l| l.indicateur == "pyramide_ages" && retenue(&l.modalite),
            |l| taire(l, Statut::Secret),
        );
        let complete = image("pyramide-ages", &essai);
        complete.verifier_les_textes();
        let texte = &complete.legende.description;
        assert!(
            texte.contains("25 à 29 ans\u{a0}: s.") && texte.contains("30 à 34 ans\u{a0}: 24."),
            "{texte}"
        );
        assert!(texte.contains("312\u{a0}assistants maternels en tout."), "{texte}");
        assert_eq!(complete.textes().iter().filter(|(t, _)| t == "s.").count(), 2);
        essai.changer(|l| l.indicateur == "part_55_plus", |l| taire(l, Statut::Secret));
        essai.retirer(|l| l.indicateur == "am_agrees");
        let texte = mots("pyramide-ages", &essai);
        assert!(!texte.contains("29,9") && !texte.contains("55 ans et plus"), "{texte}");
        assert!(!texte.contains("312") && !texte.contains("en tout"), "{texte}");
    }

    #[test]
    fn un_financement_retenu_laisse_le_total_entier() {
        let mut essai = Essai::new();
        essai.changer(|l| l.modalite == "financement:psu" && l.annee == 2024, |l| taire(l, Statut::Secret));
        let texte = mots("offre-par-mode", &essai);
        assert!(texte.contains("collectif, financement non précisé 260, total 1\u{202f}352"), "{texte}");
        assert!(!texte.contains("collectif PAJE 175"), "{texte}");
    }

    #[test]
    fn un_mode_inconnu_ne_fait_pas_un_total() {
        let mut essai = Essai::new();
        essai.changer(
            |l| l.indicateur == "eaje_places" && l.annee == 2019,
            |l| taire(l, Statut::NonDisponible),
        );
        let image = image("offre-par-mode", &essai);
        image.verifier_les_textes();
        assert!(image.legende.description.contains("total n.d."));
        essai.retirer(|l| l.indicateur == "eaje_places");
        let texte = mots("offre-par-mode", &essai);
        assert!(texte.contains("Places en accueil collectif\u{a0}: non disponible."), "{texte}");
        assert!(
            texte.contains("2024\u{a0}: chez l’assistant maternel 912, en MAM 180, total n.d."),
            "{texte}"
        );
    }

    #[test]
    fn sans_donnees_aucun_cadre_vide() {
        let mut essai = Essai::new();
        essai.retirer(|l| l.indicateur != "part_55_plus");
        let dossier = tempfile::tempdir().unwrap();
        assert!(Graphiques.produire(&essai.contexte(), dossier.path()).unwrap().is_empty());
        assert!(std::fs::read_dir(dossier.path()).unwrap().next().is_none());
        let sans_contours = Essai::sans_contours();
        assert!(dessiner("carte-naissances", &sans_contours.contexte()).unwrap().is_none());
    }

    #[test]
    fn une_seule_annee_se_dessine_aussi() {
        let mut essai = Essai::new();
        essai.retirer(|l| l.annee != 2024);
        for nom in noms() {
            image(nom, &essai).verifier_les_textes();
        }
    }
    /// Pictures to look at before a change is accepted: `cargo test --lib planche -- --ignored`.
    #[test]
    #[ignore = "écrit dans target/voir les images à regarder"]
    fn planche() {
        let voir = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/voir");
        let mut lacunes = Essai::new();
        lacunes.retirer(|l| l.annee == 2021 && l.indicateur.starts_with("am_"));
        lacunes.changer(
            |l| l.modalite == "financement:psu" || l.modalite == "65_plus:domicile",
            |l| taire(l, Statut::Secret),
        );
        lacunes.changer(|l| l.niveau == "commune", |l| l.statut = l.statut.max(Statut::Estime));
        lacunes.changer(|l| l.annee == 2020, |l| l.parties.0 = 11.min(l.parties.1));
        let mut essais = vec![("ordinaire", Essai::new()), ("lacunes", lacunes)];
        if let Some(geographie) = crate::deliverables::carte::tests::vie_et_boulogne() {
            let mut reel = Essai::new();
            reel.geographie = geographie;
            essais.push(("reel", reel));
        }
        for (nom, essai) in essais {
            let dossier = voir.join(nom);
            std::fs::create_dir_all(&dossier).unwrap();
            Graphiques.produire(&essai.contexte(), &dossier).unwrap();
        }
    }

    /// The pictures that the README shows: those of the demonstration for the public, 840 pixels wide. To renew
    /// them, and the pages beside them: `just galerie`.
    #[test]
    #[ignore = "écrit dans reports/templates/apercu les images du README"]
    fn apercu() {
        use crate::pipeline::{Options, Suivi, lancer};
        use resvg::{tiny_skia, usvg};
        struct Muet;
        impl Suivi for Muet {
            fn etape(&self, _: &str, _: usize) {}
            fn avancer(&self, _: &str) {}
        }
        let racine = Path::new(env!("CARGO_MANIFEST_DIR"));
        let dossier = tempfile::tempdir().unwrap();
        let options = Options {
            rapports: dossier.path().join("reports"),
            donnees: dossier.path().join("data"),
            cache: crate::open_data::Cache::new(dossier.path().join("cache")),
            livrables: vec!["graphiques".to_owned()],
            tout_refaire: false,
        };
        let rapport = lancer(&racine.join("pipelines/demo.toml"), &options, &Muet).unwrap().dossier;
        let apercu = racine.join("reports/templates/apercu");
        std::fs::create_dir_all(&apercu).unwrap();
        for nom in ["solde-par-commune", "carte-places-pour-100"] {
            let svg = std::fs::read_to_string(rapport.join(format!("public/graphiques/{nom}.svg"))).unwrap();
            let arbre = usvg::Tree::from_str(&svg, &usvg::Options::default()).unwrap();
            let echelle = 840.0 / arbre.size().width();
            let hauteur = format!("{:.0}", arbre.size().height() * echelle).parse().unwrap();
            let mut image = tiny_skia::Pixmap::new(840, hauteur).unwrap();
            let echelle = tiny_skia::Transform::from_scale(echelle, echelle);
            resvg::render(&arbre, echelle, &mut image.as_mut());
            let png = image.encode_png().unwrap();
            assert!(png.len() < 150_000, "{nom} : {} octets", png.len());
            std::fs::write(apercu.join(format!("{nom}.png")), png).unwrap();
        }
    }
}
