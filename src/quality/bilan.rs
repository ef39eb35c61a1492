//! Every row is put somewhere: read, rejected, or set aside.

use super::{Gravite, Motif, Probleme};

/// What became of the rows of one source file.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Bilan {
    /// Identifier of the source in the pipeline.
    pub source: String,
    /// Path of the file as the pipeline names it.
    pub fichier: String,
    /// Rows of the file below the header, blank ones not counted.
    pub lignes: u32,
    /// Rows that entered a canonical table.
    pub lues: u32,
    /// Rows that could not be used.
    pub rejetees: u32,
    /// Rows that a decision could bring back, or that are no data (totals), or of elsewhere.
    pub mises_de_cote: u32,
    /// Headers of the columns that nothing was read from.
    pub colonnes_non_employees: Vec<String>,
    /// What was found, in the order of the file.
    pub problemes: Vec<Probleme>,
}

impl Bilan {
    /// A tally for a file, empty.
    pub fn new(source: impl Into<String>, fichier: impl Into<String>) -> Self {
        Self { source: source.into(), fichier: fichier.into(), ..Self::default() }
    }

    /// Notes a problem and counts the rows it takes away. A problem of the gravity
    /// [`Gravite::Avertissement`] or [`Gravite::Fichier`] takes no row away.
    pub fn noter(&mut self, probleme: Probleme) {
        match probleme.motif.gravite() {
            Gravite::Rejet => self.rejetees += probleme.lignes,
            Gravite::MisDeCote => self.mises_de_cote += probleme.lignes,
            Gravite::Avertissement | Gravite::Fichier => {}
        }
        self.problemes.push(probleme);
    }

    /// True if read + rejected + set aside = rows.
    pub fn est_juste(&self) -> bool {
        self.lues + self.rejetees + self.mises_de_cote == self.lignes
    }

    /// Rows of data that are counted nowhere: rejected, or of a commune that is still to be confirmed.
    pub fn non_comptees(&self) -> u32 {
        let perdues = self
            .problemes
            .iter()
            .filter(|p| p.motif.gravite() == Gravite::Rejet || p.motif == Motif::CommuneDouteuse);
        perdues.map(|p| p.lignes).sum()
    }

    /// True if the whole file was lost.
    pub fn est_perdu(&self) -> bool {
        self.problemes.iter().any(|p| p.motif.gravite() == Gravite::Fichier)
    }

    /// True if figures lack something that the file holds, or should: it is lost, rows of it are counted nowhere, or what it
    /// says is not taken for a figure.
    pub fn a_des_lacunes(&self) -> bool {
        self.est_perdu()
            || self.non_comptees() > 0
            || self.problemes.iter().any(|p| p.motif.tait_des_chiffres())
    }

    /// True if nothing else of the run gives what the file holds: a source that is declared twice is read once.
    pub fn a_perdu_ses_chiffres(&self) -> bool {
        self.est_perdu() && self.problemes.iter().all(|p| p.motif != Motif::SourceEnDouble)
    }
}

/// The tallies of a run, in the order of the pipeline.
#[derive(Debug, Clone, Default)]
pub struct Bilans(pub Vec<Bilan>);

impl Bilans {
    /// Every problem of the run, with the source it belongs to.
    pub fn problemes(&self) -> impl Iterator<Item = (&Bilan, &Probleme)> {
        self.0.iter().flat_map(|b| b.problemes.iter().map(move |p| (b, p)))
    }
}
