//! What a pipeline that is there lacks of the files of a folder: those of a year more. Nothing that a person wrote is changed, and what
//! she took out is not put in again.

use super::reconnaissance::{Issue, SourceTrouvee, reconnaitre};
use super::{A_VERIFIER, Ebauche, ErreurEbauche, Inventaire, redaction};
use crate::pipeline::Declaration;
use crate::pipeline::declaration::SourceDeclaree;
use crate::pipeline::historique::Historique;
use crate::sources::valeurs::replier;
use crate::sources::{Genre, empreinte};
use crate::toml_a_la_main;
use chrono::{Datelike, NaiveDate};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Adds to the pipeline `sortie` the files of a folder that it does not name, neither as sources nor in a comment.
///
/// # Errors
/// If it is of another territory, or cannot be read or written; it is then as it was.
pub(super) fn completer(
    (racine, fichiers): (&Path, &[PathBuf]),
    epci: Option<&str>,
    sortie: &Path,
    donnees: &Path,
    aujourd_hui: NaiveDate,
) -> Result<Ebauche, ErreurEbauche> {
    let declaration = Declaration::lire(sortie)?;
    let sien = declaration.territoire.epci.as_deref();
    if let Some((demande, sien)) = epci.zip(sien).filter(|(demande, sien)| replier(demande) != replier(sien))
    {
        // A name and a number may be of the same one.
        if est_un_siren(demande) == est_un_siren(sien) {
            return Err(ErreurEbauche::AutreTerritoire { chemin: sortie.to_owned(), epci: sien.to_owned() });
        }
    }
    let ecriture = |cause| ErreurEbauche::Ecriture { chemin: sortie.to_owned(), cause };
    let impossible = |cause| ErreurEbauche::Ajout { chemin: sortie.to_owned(), cause };
    let texte = String::from_utf8(std::fs::read(sortie).map_err(ecriture)?)
        .map_err(|_| impossible("il n’est pas enregistré en UTF-8".to_owned()))?;
    let ou_il_est = sortie.canonicalize().map_err(ecriture)?;
    let parent = ou_il_est.parent().unwrap_or(Path::new("/"));
    let declares = Declares::de(&declaration, parent);
    let anciens = Historique::new(donnees, &declaration.nom()).fichiers();
    let (mut nouveaux, mut deja_lus) = (Vec::new(), 0);
    let inconnu = |f: &&PathBuf| **f != ou_il_est && !declares.contient(f) && !est_cite(&texte, f, parent);
    for fichier in fichiers.iter().filter(inconnu) {
        let lu = empreinte(fichier, "").is_ok_and(|vu| anciens.contains_key(&vu.sha256))
            && !declares.cherche(fichier);
        if lu { deja_lus += 1 } else { nouveaux.push(fichier.clone()) }
    }
    let epci = sien.or(epci).unwrap_or_default();
    let connus: Vec<PathBuf> = declares.par_fichier.keys().cloned().collect();
    let mut inventaire = Inventaire::de(racine, &connus, &nouveaux, epci);
    let (feuilles, avis) = declares.relire(racine, epci);
    inventaire.sources.extend(feuilles);
    declares.reconnaitre_les_deplaces(&mut inventaire);
    tenir_compte(&mut inventaire, &declaration);
    let mut ajout = redaction::rediger_un_ajout(&inventaire, &declaration, parent, aujourd_hui);
    if !ajout.is_empty() && !texte.ends_with('\n') {
        ajout.insert(0, '\n');
    }
    if texte.contains("\r\n") {
        ajout = ajout.replace('\n', "\r\n");
    }
    let complet = format!("{texte}{ajout}");
    if let Err(faute) = toml_a_la_main::lire::<Declaration>(complet.as_bytes()) {
        let en_liste = texte.lines().any(|ligne| replier(ligne).starts_with("sources"));
        let cause = if en_liste {
            "ses sources y sont écrites en une liste, « sources = [ … ] »".to_owned()
        } else {
            faute.detail
        };
        return Err(impossible(cause));
    }
    if !ajout.is_empty() {
        std::fs::write(sortie, complet).map_err(ecriture)?;
    }
    let date = declaration.observation.date;
    Ok(Ebauche {
        sources: inventaire.sources.len(),
        existant: Some(date),
        a_dater: derniere(&inventaire, &declaration).filter(|jour| jour.year() > date.year()),
        deja_lus,
        avis,
        laisses: inventaire.laisses.len(),
        a_verifier: ajout.matches(A_VERIFIER).count(),
        a_recuperer: false,
    })
}

fn est_un_siren(texte: &str) -> bool {
    texte.chars().all(|c| c.is_ascii_digit() || c.is_whitespace())
}

/// True for a file that a pipeline names, be it in a comment: one that somebody has set aside.
fn est_cite(texte: &str, fichier: &Path, parent: &Path) -> bool {
    let nom = redaction::relatif(fichier, parent);
    texte.contains(&redaction::chaine(&nom))
        || texte.lines().any(|ligne| redaction::fichier_laisse(ligne) == Some(&nom))
}

/// The day of the last list; where none is declared, the last that the files added speak of.
fn derniere(inventaire: &Inventaire, declaration: &Declaration) -> Option<NaiveDate> {
    let nouvelles = inventaire.sources.iter().filter(|source| source.genre == Genre::Pmi);
    let declarees = declaration.sources_de(Genre::Pmi);
    let derniere = nouvelles.filter_map(|s| s.date).chain(declarees.filter_map(|s| s.date)).max();
    derniere.or_else(|| {
        let observation = || inventaire.observation(declaration.observation.date).0;
        (!inventaire.sources.is_empty()).then(observation)
    })
}

/// The sources of a pipeline, by their files.
struct Declares<'d> {
    par_fichier: BTreeMap<PathBuf, Vec<&'d SourceDeclaree>>,
    /// Those whose file is not where the pipeline says.
    sans_fichier: Vec<&'d SourceDeclaree>,
}

impl<'d> Declares<'d> {
    fn de(declaration: &'d Declaration, parent: &Path) -> Self {
        let mut declares = Self { par_fichier: BTreeMap::new(), sans_fichier: Vec::new() };
        for source in &declaration.sources {
            match source.fichier.as_ref().map(|fichier| parent.join(fichier).canonicalize()) {
                Some(Ok(chemin)) => declares.par_fichier.entry(chemin).or_default().push(source),
                Some(Err(_)) => declares.sans_fichier.push(source),
                None => {}
            }
        }
        declares
    }

    fn contient(&self, fichier: &Path) -> bool {
        self.par_fichier.contains_key(fichier)
    }

    /// True if a source whose file is not found is of a file of that name.
    fn cherche(&self, fichier: &Path) -> bool {
        let nom = |source: &SourceDeclaree| source.fichier.as_ref()?.file_name().map(ToOwned::to_owned);
        self.sans_fichier.iter().any(|perdue| nom(perdue).as_deref() == fichier.file_name())
    }

    /// The sheets of a later year in workbooks of which the pipeline names a sheet; and what to look at: files that say to be of
    /// another year than the pipeline, as one that was put in the place of last year's.
    fn relire(&self, racine: &Path, epci: &str) -> (Vec<SourceTrouvee>, Vec<String>) {
        let (mut feuilles, mut avis) = (Vec::new(), Vec::new());
        for (chemin, siennes) in &self.par_fichier {
            let datees = siennes.iter().filter(|s| matches!(s.genre, Genre::Pmi | Genre::Imaje));
            let Some(derniere) = datees.filter_map(|source| source.date).max() else { continue };
            let relatif = chemin.strip_prefix(racine).unwrap_or(chemin);
            let Issue::Sources(trouvees) = reconnaitre(chemin, relatif, epci) else { continue };
            let par_feuille = siennes.iter().all(|source| source.feuille.is_some());
            for trouvee in trouvees {
                let Some(date) = trouvee.date else { continue };
                let est_elle = |s: &&&SourceDeclaree| {
                    s.genre == trouvee.genre && (!par_feuille || s.feuille == trouvee.feuille)
                };
                // A file of several years is declared once for each.
                let declarees: Vec<_> = siennes.iter().filter(est_elle).collect();
                let Some(declaree) = declarees.iter().max_by_key(|source| source.date) else {
                    if par_feuille && date > derniere {
                        feuilles.push(trouvee);
                    }
                    continue;
                };
                if declaree.date.is_none_or(|sienne| sienne.year() >= date.year()) {
                    continue;
                }
                let que_faire = if declarees.len() == 1 {
                    format!(
                        "S’il a pris la place de celui d’avant, écrivez sous cette source « date = {date} » : les chiffres des années passées restent dans l’historique"
                    )
                } else {
                    format!("Répétez cette source, sous un autre « id », avec « date = {date} »")
                };
                let id = redaction::id_ecrit(declaree);
                avis.push(format!(
                    "« {id} » : son fichier parle du {}. {que_faire}",
                    date.format("%d/%m/%Y")
                ));
            }
        }
        (feuilles, avis)
    }

    /// A file that is found where no source says, of the year of a source whose file is not found: it was moved.
    fn reconnaitre_les_deplaces(&self, inventaire: &mut Inventaire) {
        for perdue in &self.sans_fichier {
            let nom = perdue.fichier.as_ref().and_then(|fichier| fichier.file_name());
            let est_elle = |source: &SourceTrouvee| {
                source.genre == perdue.genre
                    && (source.chemin.file_name() == nom
                        || source.date.is_some() && source.date == perdue.date)
            };
            let Some(rang) = inventaire.sources.iter().position(est_elle) else { continue };
            let raison = format!(
                "c’est sans doute le fichier de « {} », qui n’est plus où le pipeline le dit : changez-y la ligne « fichier »",
                redaction::id_ecrit(perdue)
            );
            inventaire.laisser(&[rang], &raison);
        }
    }
}

/// What the pipeline reads already of the same kind as a file.
fn tenir_compte(inventaire: &mut Inventaire, declaration: &Declaration) {
    for genre in Genre::TOUS {
        let siennes: Vec<_> = declaration.sources_de(genre).collect();
        let Some(premiere) = siennes.first() else { continue };
        let mut de_trop = Vec::new();
        for rang in inventaire.rangs(genre) {
            let source = &mut inventaire.sources[rang];
            let annee = source.date.map(|date| date.year());
            let de_l_annee = siennes.iter().find(|s| annee.is_some() && s.date.map(|d| d.year()) == annee);
            let nommee = redaction::id_ecrit(de_l_annee.unwrap_or(premiere));
            match (genre, de_l_annee) {
                (Genre::Composition | Genre::CogCommunes | Genre::CogMouvements | Genre::Contours, _)
                | (Genre::Imaje, Some(_)) => de_trop.push((rang, nommee)),
                (Genre::Pmi, Some(_)) => source.doutes.push(format!(
                    "« {nommee} » est aussi de cette année : les deux listes sont lues, et qui n’est que sur l’une compte aussi. Si celle-ci corrige l’autre, ou si elle est de trop, mettez « # » devant chaque ligne de celle qui n’a plus cours"
                )),
                (Genre::Pmi | Genre::Imaje | Genre::Questionnaire | Genre::TauxPublies, _) => {}
                _ => source.doutes.push(format!(
                    "le pipeline lit déjà « {nommee} » du même type : si ce fichier le remplace, mettez « # » devant chaque ligne de l’ancien"
                )),
            }
        }
        for (rang, id) in de_trop.into_iter().rev() {
            let raison = format!(
                "le pipeline lit déjà « {id} » : si ce fichier le remplace, changez-y la ligne « fichier »"
            );
            inventaire.laisser(&[rang], &raison);
        }
    }
}
