//! `etude-<commune>.pdf`, `.html`, `.xlsx`: the study of a project, for a porteur, a mayor and the Caf around
//! one table. The same sections on paper, on screen and in a spreadsheet.

mod dessins;
mod feuilles;
mod phrases;
mod sections;

use super::look::{self, ESPACE_INSECABLE};
use super::pages::{Base, Document};
use super::tableur::{self, Couverture};
use super::{Contexte, ErreurLivrable};
use crate::disclosure::Audience;
use crate::etude::{Etude, Implantation, Projet, Terrain};
use crate::sources::valeurs::replier;
use base64::Engine as _;
use feuilles::{Rapport, SectionDePage};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context};
use sections::Redaction;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The page for the screen.
const PAGE: &str = include_str!("../../../reports/templates/etude.html");
/// Its style, apart: the page allows this one and no other.
const STYLE: &str = include_str!("../../../reports/templates/etude.css");

/// What the templates say.
#[derive(Debug, Serialize)]
struct Gabarit {
    base: Base,
    surtitre: String,
    titre: String,
    chapeau: String,
    en_bref: Vec<String>,
    sections: Vec<SectionDePage>,
}

/// The name of the files of a study: `etude-oux`.
pub fn nom_de_fichier(commune: &str) -> String {
    format!("etude-{}", replier(commune).replace(' ', "-"))
}

/// A project in a few French words: « une micro-crèche PAJE de 12 places ».
pub fn nom_du_projet(projet: &Projet) -> String {
    phrases::nom_du_projet(projet)
}

/// The sentences that sum up a study, for the screen.
pub fn en_bref(etude: &Etude<'_>) -> Vec<String> {
    phrases::en_bref(etude)
}

/// Writes a study into a folder; gives the paths, relative to it.
///
/// # Errors
/// If a picture, a page or the workbook cannot be made, or the disk refuses.
pub fn ecrire(
    contexte: &Contexte<'_>,
    etude: &Etude<'_>,
    dossier: &Path,
) -> Result<Vec<PathBuf>, ErreurLivrable> {
    let evaluation = &etude.evaluation;
    let commune = &etude.terrain.communes[evaluation.rang].nom;
    let projet = phrases::avec_capitale(&phrases::nom_du_projet(&evaluation.projet));
    let titre = format!("{projet} {}", phrases::a(commune));
    let rapport = Rapport {
        surtitre: format!("{} · Étude d’un projet d’accueil", contexte.territoire),
        titre,
        chapeau: chapeau(contexte),
        en_bref: phrases::en_bref(etude),
        sections: Redaction { contexte, etude }.sections()?,
    };
    publier(contexte, &rapport, &nom_de_fichier(commune), dossier)
}

/// Writes a ranking of communes into a folder, without a study; gives the paths, relative to it.
///
/// # Errors
/// As [`ecrire`].
pub fn ecrire_les_implantations(
    contexte: &Contexte<'_>,
    terrain: &Terrain<'_>,
    projet: &Projet,
    implantations: &[Implantation],
    dossier: &Path,
) -> Result<Vec<PathBuf>, ErreurLivrable> {
    let rapport = Rapport {
        surtitre: format!("{} · Où implanter un projet d’accueil", contexte.territoire),
        titre: phrases::avec_capitale(&phrases::nom_du_projet(projet)),
        chapeau: chapeau(contexte),
        en_bref: Vec::new(),
        sections: vec![sections::implantations(contexte, terrain, projet.places, implantations)],
    };
    publier(contexte, &rapport, "implantations", dossier)
}

fn chapeau(contexte: &Contexte<'_>) -> String {
    let lecteurs = match contexte.audience {
        Audience::Interne => "Usage interne du relais, ne pas diffuser. ",
        Audience::Elus => "Pour les élus. ",
        Audience::Public => "",
    };
    format!(
        "{lecteurs}Chiffres au {}. Cette étude aide à discuter autour d’une table\u{a0}: elle ne donne ni note ni avis.",
        look::date(contexte.date)
    )
}

fn publier(
    contexte: &Contexte<'_>,
    rapport: &Rapport,
    nom: &str,
    dossier: &Path,
) -> Result<Vec<PathBuf>, ErreurLivrable> {
    let description = format!("{}. {}", rapport.titre, rapport.surtitre);
    let gabarit = Gabarit {
        base: Base::new(contexte, rapport.titre.clone(), description),
        surtitre: rapport.surtitre.clone(),
        titre: rapport.titre.clone(),
        chapeau: rapport.chapeau.clone(),
        en_bref: rapport.en_bref.clone(),
        sections: rapport.sections(),
    };
    let svg = rapport.svg_pour_page();
    let mut images: BTreeMap<&str, Vec<u8>> = contexte.apparence.images();
    images.extend(svg.iter().map(|(nom, octets)| (nom.as_str(), octets.clone())));
    let document = Document {
        modele: "etude.typ",
        donnees: &gabarit,
        images,
        date: contexte.date,
        identifiant: format!("étude {} {} {}", contexte.code_territoire, nom, rapport.titre),
    };
    let mut ecrits = document.ecrire(contexte.reprises, dossier, &format!("{nom}.pdf"))?;
    let html = format!("{nom}.html");
    let chemin = dossier.join(&html);
    std::fs::write(&chemin, en_html(&gabarit, rapport)?)
        .map_err(|cause| ErreurLivrable::Ecriture { chemin, cause })?;
    ecrits.push(PathBuf::from(html));
    let titre = format!("{}{ESPACE_INSECABLE}: {}", rapport.titre, rapport.surtitre);
    let couverture = Couverture { titre: &titre, mention: contexte.audience.mention() };
    ecrits.extend(tableur::ecrire(
        contexte,
        dossier,
        &format!("{nom}.xlsx"),
        couverture,
        &rapport.feuilles(),
    )?);
    Ok(ecrits)
}

/// The page for the screen: no script, nothing fetched, every text escaped; only the pictures that the program
/// drew are markup.
fn en_html(gabarit: &Gabarit, rapport: &Rapport) -> Result<String, ErreurLivrable> {
    let defaut = |cause: &dyn std::fmt::Display| ErreurLivrable::Page {
        nom: "etude.html".to_owned(),
        cause: cause.to_string(),
    };
    let images: BTreeMap<String, Value> = rapport
        .images()
        .map(|image| Ok((format!("images/{}.svg", image.nom), Value::from_safe_string(image.svg()?))))
        .collect::<Result<_, ErreurLivrable>>()?;
    let empreinte = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(STYLE));
    let mut environnement = Environment::new();
    environnement.set_auto_escape_callback(|_| AutoEscape::Html);
    environnement.set_undefined_behavior(UndefinedBehavior::Strict);
    let syntaxe = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    environnement.set_syntax(syntaxe.map_err(|e| defaut(&e))?);
    environnement.add_template("etude.html", PAGE).map_err(|e| defaut(&e))?;
    let modele = environnement.get_template("etude.html").map_err(|e| defaut(&e))?;
    modele
        .render(context! {
            page => Value::from(Serde(gabarit)),
            images => images,
            style => Value::from_safe_string(STYLE.to_owned()),
            empreinte => empreinte,
        })
        .map_err(|e| defaut(&e))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deliverables::graphiques::Image;
    use crate::deliverables::graphiques::essai::Essai;
    use crate::etude::{Demande, Donnees, TypeProjet, etudier};
    use crate::territory::{Membre, Perimetre};

    fn perimetre(essai: &Essai) -> Perimetre {
        let membre = |c: &crate::territory::CommuneGeo| Membre {
            code: c.code,
            nom: c.nom.clone(),
            depuis: None,
            jusqu_a: None,
            population: None,
        };
        Perimetre::new(Essai::TERRITOIRE, "Essai", essai.geographie.membres().map(membre).collect())
    }

    /// The study of a project in a commune of the essay.
    fn rapport(essai: &Essai, code: &str, genre: TypeProjet, places: u32) -> Vec<Image> {
        let (contexte, perimetre) = (essai.contexte(), perimetre(essai));
        let donnees = Donnees {
            table: contexte.table,
            perimetre: &perimetre,
            geographie: contexte.geographie,
            trajets: None,
            parametres: contexte.parametres,
            date: contexte.date,
        };
        let commune = code.parse().unwrap();
        let projet = Projet { commune, genre, places, financement: None, adresse: None, ouverture: None };
        let demande = Demande { projet, connus: Vec::new(), comparer: Vec::new(), implantations: 3 };
        let etude = etudier(donnees, None, &demande).unwrap();
        let sections = Redaction { contexte: &contexte, etude: &etude }.sections().unwrap();
        let titre = "Une étude".to_owned();
        let rapport = Rapport {
            surtitre: String::new(),
            chapeau: String::new(),
            en_bref: phrases::en_bref(&etude),
            sections,
            titre,
        };
        rapport.images().cloned().collect()
    }

    fn essai() -> Essai {
        let mut essai = Essai::new();
        essai.par_commune("enfants_0_2", |poids| 12.0 * poids);
        essai.par_commune("am_places", |poids| 9.0 * poids);
        essai.par_commune("places_total", |poids| 9.0 * poids + (poids * 7.0) % 30.0);
        essai
    }

    #[test]
    fn aucun_texte_des_dessins_ne_sort_ni_ne_se_superpose() {
        for (code, genre, places) in [
            (Essai::CONNUE, TypeProjet::MicroCreche, 12),
            (Essai::SECRETE, TypeProjet::Mam, 8),
            ("85903", TypeProjet::MultiAccueil, 40),
        ] {
            let images = rapport(&essai(), code, genre, places);
            assert!(images.len() > 1, "{code}");
            for image in images {
                image.verifier_sans_superposition();
            }
        }
    }

    #[test]
    fn sans_projection_l_etude_se_fait_quand_meme() {
        let mut essai = essai();
        essai.retirer(|l| l.indicateur.starts_with("projection") || l.indicateur == "taux_activite");
        assert!(!rapport(&essai, Essai::CONNUE, TypeProjet::MicroCreche, 12).is_empty());
    }
}
