//! Files that say what another one says already, those of another year in the place of this one, and what is left of a year
//! of which one is lost.

use super::{Lecteur, Parties, dire};
use crate::pipeline::historique::FichierConserve;
use crate::pipeline::indices::Indice;
use crate::pipeline::{SourceDeclaree, questionnaire};
use crate::quality::{Bilan, Bilans, Lieu, Motif, Probleme};
use crate::sources::{Empreinte, Genre};
use chrono::Datelike;
use polars::prelude::{DataFrame, PolarsResult};
use std::collections::BTreeMap;
use std::path::Path;

impl Lecteur<'_> {
    /// The sources that read what another one reads already, with that one: of the same day, everybody would count
    /// twice; of another day, one of the two is wrong.
    pub(super) fn doubles<'d>(&'d self, empreintes: &[Empreinte]) -> BTreeMap<&'d str, &'d SourceDeclaree> {
        let contenu = |source: &SourceDeclaree| {
            let nom = self.chemin(source).1;
            empreintes.iter().find(|e| e.fichier == nom).map(|e| e.sha256.clone())
        };
        let contenus: Vec<(&SourceDeclaree, Option<String>)> =
            self.declaration.sources.iter().map(|source| (source, contenu(source))).collect();
        let mut doubles = BTreeMap::new();
        for (rang, (source, contenu)) in contenus.iter().enumerate() {
            let pareilles = || {
                contenus[..rang].iter().filter(|(autre, le_sien)| {
                    contenu.is_some()
                        && contenu == le_sien
                        && source.lit_la_meme_chose(autre)
                        && self.posent_les_memes_questions(source, autre)
                })
            };
            let du_jour = pareilles().find(|(autre, _)| source.dit_la_meme_chose(autre));
            let premiere = du_jour.or_else(|| pareilles().next());
            doubles.extend(premiere.map(|(autre, _)| (source.id.as_str(), *autre)));
        }
        doubles
    }

    /// False for two questionnaires that are declared each in a file of its own.
    fn posent_les_memes_questions(&self, source: &SourceDeclaree, autre: &SourceDeclaree) -> bool {
        let dossier = self.declaration.chemin.parent().unwrap_or(Path::new("."));
        let [ici, la] = [source, autre].map(|s| questionnaire::chemin(dossier, s));
        source.genre != Genre::Questionnaire || ici == la || !ici.is_file() || !la.is_file()
    }

    pub(super) fn bilan_d_un_double(&self, source: &SourceDeclaree, premiere: &SourceDeclaree) -> Bilan {
        let nom = self.chemin(source).1;
        let mut bilan = Bilan::new(&source.id, &nom);
        let detail = format!("c’est le même fichier, de la même date, que la source « {} »", premiere.id);
        bilan.noter(Probleme::new(Motif::SourceEnDouble, Lieu::fichier(nom), detail));
        bilan
    }

    /// A list of a year, if its file was kept for a year before by the run of an earlier report: it is that of then,
    /// forgotten, by which nobody would have come nor left. A census that nobody had to touch in a year may stand.
    pub(super) fn bilan_d_un_oubli(
        &self,
        source: &SourceDeclaree,
        empreintes: &[Empreinte],
        conserves: &BTreeMap<String, Vec<FichierConserve>>,
    ) -> Option<Bilan> {
        let date = source.date.filter(|_| source.genre == Genre::Pmi)?;
        let nom = self.chemin(source).1;
        let sha256 = &empreintes.iter().find(|e| e.fichier == nom)?.sha256;
        let rapport = self.declaration.observation.date.year();
        let oublie = |f: &&FichierConserve| f.annee < date.year() && f.rapport < rapport;
        let connu = conserves.get(sha256)?.iter().filter(oublie).max_by_key(|f| f.annee)?;
        let detail = match connu.date {
            Some(d_alors) => format!(
                "à l’octet près, c’est le fichier « {} » du {}, lu pour le rapport de {} ; le pipeline dit « date = {date} »",
                connu.libelle,
                d_alors.format("%d/%m/%Y"),
                connu.rapport
            ),
            None => format!(
                "à l’octet près, c’est le fichier « {} » de {} ; le pipeline dit « date = {date} »",
                connu.libelle, connu.annee
            ),
        };
        let mut bilan = Bilan::new(&source.id, &nom);
        bilan.noter(Probleme::new(Motif::FichierDUnAutreRapport, Lieu::fichier(nom), detail));
        Some(bilan)
    }

    /// Where a list or a census of a year is lost, the others of that year speak only of the communes that they name.
    pub(super) fn borner_a_ce_qui_est_lu(
        &self,
        parties: &mut Parties,
        bilans: &mut Bilans,
    ) -> PolarsResult<()> {
        let perdues = |genre: Genre| -> BTreeMap<i32, String> {
            let perdue = |source: &SourceDeclaree| {
                let bilan = bilans.0.iter().find(|b| b.source == source.id)?;
                let feuille = source.feuille.as_ref().map(|feuille| format!(", feuille « {feuille} »"));
                let nom = format!("« {} »{}", bilan.fichier, feuille.unwrap_or_default());
                bilan.a_perdu_ses_chiffres().then(|| (self.annee_probable(source), nom))
            };
            self.declaration.sources_de(genre).filter_map(perdue).collect()
        };
        let (listes, recensements) = (perdues(Genre::Pmi), perdues(Genre::Structures));
        let mut dits = Vec::new();
        let mut dire_a = |trame: &DataFrame, perdue: &str| -> PolarsResult<()> {
            let detail = format!("{perdue} n’a pas pu être lu");
            let probleme = Probleme::new(Motif::RecueilIncomplet, Lieu::default(), detail);
            let source =
                trame.column("source")?.str()?.iter().next().flatten().unwrap_or_default().to_owned();
            dits.push((source, probleme));
            Ok(())
        };
        for liste in &mut parties.listes {
            if let Some(perdue) = listes.get(&liste.annee()) {
                dire_a(liste.trame(), perdue)?;
                *liste = liste.clone().incomplete()?;
            }
        }
        for recensement in &mut parties.structures {
            let annees = recensement.annees()?;
            if let Some(perdue) = annees.iter().find_map(|annee| recensements.get(annee)) {
                dire_a(recensement.trame(), perdue)?;
                *recensement = recensement.clone().incomplet()?;
            }
        }
        dire(dits.into_iter(), bilans);
        Ok(())
    }

    /// The year of a source: as the pipeline says, as the name of its file says, or that of the report.
    fn annee_probable(&self, source: &SourceDeclaree) -> i32 {
        let radical = source.fichier.as_ref().and_then(|fichier| fichier.file_stem());
        let du_nom = || Indice::lire(&radical?.to_string_lossy(), "").map(|indice| indice.date);
        source.date.or_else(du_nom).unwrap_or(self.declaration.observation.date).year()
    }
}

/// One file for the list, the census or the counts of two days: the second is that of another year, forgotten, unless it
/// holds several years.
pub(super) fn dire_l_autre_date(
    mut bilan: Bilan,
    source: &SourceDeclaree,
    premiere: Option<&SourceDeclaree>,
) -> Bilan {
    let datee = matches!(source.genre, Genre::Pmi | Genre::Structures | Genre::Imaje);
    let de_plusieurs_annees = bilan.problemes.iter().any(|p| p.motif == Motif::LigneDUneAutreAnnee);
    if let Some((premiere, date)) =
        premiere.filter(|_| datee && !de_plusieurs_annees).and_then(|p| Some((p, p.date?)))
    {
        let detail = format!("c’est aussi le fichier de « {} », du {}", premiere.id, date.format("%d/%m/%Y"));
        bilan.noter(Probleme::new(Motif::FichierDeDeuxDates, Lieu::fichier(&bilan.fichier), detail));
    }
    bilan
}
