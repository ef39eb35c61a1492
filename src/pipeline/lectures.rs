//! What was read of a file, kept for the next run: the canonical tables of lists and of counts, and what was said of
//! their rows. A file that is the same, read in the same way, is not read again.
//!
//! `<données>/<pipeline>/lectures/` holds them, by the SHA-256 of all that they are read from: the file, how the pipeline
//! declares it, the communes that names are matched to, the key of the pseudonyms, the program. What people of a list
//! are there is what the [history](super::historique) holds of them, and like it, its owner alone can read it. Only
//! what has many rows is kept: censuses, whose addresses are kept nowhere, answers to questionnaires and the rest are
//! read again.

use super::lecture::Parties;
use super::secret;
use crate::quality::Bilan;
use crate::reprises::{Recette, Reprises};
use crate::sources::Genre;
use crate::tables::{Comptes, Liste};
use polars::prelude::*;
use polars_io::SerReader;
use polars_io::parquet::read::ParquetReader;
use polars_io::parquet::write::{ParquetCompression, ParquetWriter};
use serde::{Deserialize, Serialize};
use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

const GENRE: &str = "lectures";

/// What earlier runs of a pipeline read; by default nothing, and nothing is kept.
#[derive(Debug, Default)]
pub(super) struct Lectures(Option<Reprises>);

/// What is kept of a file beside its tables, which follow in the order of the fields: the list and who could not be
/// placed on it, the counts.
#[derive(Debug, Serialize, Deserialize)]
struct Sommaire {
    bilan: Bilan,
    /// Year of each list.
    listes: Vec<i32>,
    /// Bytes of each table.
    longueurs: Vec<usize>,
}

impl Lectures {
    /// Those of a pipeline, in the folder of its own files. With `oublier`, nothing of before is taken.
    pub(super) fn dans(donnees: &Path, pipeline: &str, oublier: bool) -> Self {
        let dossier = donnees.join(pipeline).join(GENRE);
        let reprises = Reprises::dans(&dossier, oublier);
        // Nothing is kept where others could read it.
        Self(secret::reserver(&dossier).is_ok().then_some(reprises))
    }

    /// True if what is read of such a source is kept.
    pub(super) fn gardent(genre: Genre) -> bool {
        match genre {
            Genre::Pmi
            | Genre::Imaje
            | Genre::Naissances
            | Genre::CafIris
            | Genre::InseeAges
            | Genre::InseeFam6 => true,
            Genre::Composition
            | Genre::CogCommunes
            | Genre::CogMouvements
            | Genre::Contours
            | Genre::Structures
            | Genre::TauxPublies
            | Genre::Activite
            | Genre::Questionnaire
            | Genre::Services
            | Genre::Trajets => false,
        }
    }

    /// The recipe of what is read of anything.
    pub(super) fn recette() -> Recette {
        Recette::new(GENRE)
    }

    /// What was read of that recipe, if it was kept.
    pub(super) fn prendre(&self, recette: &Recette) -> Option<(Bilan, Parties)> {
        decoder(&self.0.as_ref()?.prendre(recette)?)
    }

    /// Keeps what was read. It costs time if it cannot be, and nothing else.
    pub(super) fn garder(&self, recette: Recette, bilan: &Bilan, parties: &Parties) {
        let Some(reprises) = &self.0 else { return };
        if let Some(octets) = encoder(bilan, parties) {
            reprises.deposer(recette, &Arc::new(octets));
        }
    }

    /// Lets go of what the run did not ask for.
    pub(super) fn nettoyer(&self) {
        self.0.iter().for_each(Reprises::nettoyer);
    }
}

fn encoder(bilan: &Bilan, parties: &Parties) -> Option<Vec<u8>> {
    let listes = parties.listes.iter().flat_map(|liste| [liste.trame(), liste.non_places()]);
    let trames = listes.chain(parties.comptes.iter().map(Comptes::trame));
    let tables = trames.map(en_parquet).collect::<PolarsResult<Vec<_>>>().ok()?;
    let sommaire = Sommaire {
        bilan: bilan.clone(),
        listes: parties.listes.iter().map(Liste::annee).collect(),
        longueurs: tables.iter().map(Vec::len).collect(),
    };
    let sommaire = serde_json::to_vec(&sommaire).ok()?;
    let mut octets = Vec::with_capacity(8 + sommaire.len() + tables.iter().map(Vec::len).sum::<usize>());
    octets.extend(u64::try_from(sommaire.len()).ok()?.to_le_bytes());
    octets.extend(sommaire);
    octets.extend(tables.into_iter().flatten());
    Some(octets)
}

fn decoder(octets: &[u8]) -> Option<(Bilan, Parties)> {
    let (longueur, reste) = octets.split_first_chunk()?;
    let (sommaire, mut reste) =
        reste.split_at_checked(usize::try_from(u64::from_le_bytes(*longueur)).ok()?)?;
    let Sommaire { bilan, listes, longueurs } = serde_json::from_slice(sommaire).ok()?;
    let mut trames = Vec::with_capacity(longueurs.len());
    for longueur in longueurs {
        let (table, suite) = reste.split_at_checked(longueur)?;
        trames.push(de_parquet(table).ok()?);
        reste = suite;
    }
    let comptes =
        if 2 * listes.len() <= trames.len() { trames.split_off(2 * listes.len()) } else { return None };
    let listes = listes.into_iter().zip(trames.chunks_exact(2));
    let listes = listes.map(|(annee, siennes)| Liste::reprendre(annee, &siennes[0], Some(&siennes[1])));
    let parties = Parties {
        listes: listes.collect::<PolarsResult<_>>().ok()?,
        comptes: comptes.iter().map(Comptes::reprendre).collect::<PolarsResult<_>>().ok()?,
        ..Parties::default()
    };
    Some((bilan, parties))
}

fn en_parquet(trame: &DataFrame) -> PolarsResult<Vec<u8>> {
    let mut octets = Vec::new();
    let ecriture = ParquetWriter::new(&mut octets).with_compression(ParquetCompression::Zstd(None));
    ecriture.finish(&mut trame.clone())?;
    Ok(octets)
}

fn de_parquet(octets: &[u8]) -> PolarsResult<DataFrame> {
    ParquetReader::new(Cursor::new(octets)).finish()
}
