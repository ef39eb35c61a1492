//! Several lists of one year: one person is one person.

use super::Liste;
use crate::quality::{Lieu, Motif, Probleme};
use crate::tables::du_jour;
use crate::tables::recoupement::{Departages, Recoupement, Recueil, recouper};
use polars::prelude::*;
use std::collections::BTreeMap;

/// The people of a list, row by row.
struct Gens {
    noms: Vec<Option<u64>>,
    cles: Vec<Option<u64>>,
    codes: Vec<String>,
    places: Vec<Option<u32>>,
    /// True if the list gives first names.
    prenoms: bool,
    par_cle: BTreeMap<u64, usize>,
    /// Names that one person alone bears.
    par_nom: BTreeMap<u64, Option<usize>>,
}

impl Gens {
    fn new(trame: &DataFrame) -> PolarsResult<Self> {
        let entiers = |nom: &str| PolarsResult::Ok(trame.column(nom)?.u64()?.iter().collect::<Vec<_>>());
        let (noms, cles) = (entiers("nom")?, entiers("cle")?);
        let codes = trame.column("code")?.str()?.iter().map(|code| code.unwrap_or_default().to_owned());
        let mut par_nom: BTreeMap<u64, Option<usize>> = BTreeMap::new();
        for (ligne, nom) in noms.iter().enumerate() {
            if let Some(nom) = nom {
                par_nom.entry(*nom).and_modify(|seul| *seul = None).or_insert(Some(ligne));
            }
        }
        let par_cle = cles.iter().enumerate().filter_map(|(ligne, cle)| Some(((*cle)?, ligne))).collect();
        let places = trame.column("places")?.u32()?.iter().collect();
        let prenoms = trame.column("prenoms")?.bool()?.iter().all(|prenoms| prenoms == Some(true));
        Ok(Self { codes: codes.collect(), places, prenoms, par_cle, par_nom, noms, cles })
    }

    /// The row of another list that is of the same person: the same name and birth date; or the same name, that one
    /// person bears on each list, where one of the two does not tell the birth date. Without first names, a name is that
    /// of a family: the commune and the places must be the same too.
    fn semblable(&self, ligne: usize, autre: &Self) -> Option<usize> {
        if let Some(vue) = self.cles[ligne].and_then(|cle| autre.par_cle.get(&cle)) {
            return Some(*vue);
        }
        let seul = |gens: &Self| self.noms[ligne].and_then(|nom| gens.par_nom.get(&nom).copied().flatten());
        let (_, vue) = (seul(self)?, seul(autre)?);
        let sans_naissance = self.cles[ligne].is_none() || autre.cles[vue].is_none();
        let meme_agrement =
            || (&self.codes[ligne], self.places[ligne]) == (&autre.codes[vue], autre.places[vue]);
        (sans_naissance && (self.prenoms && autre.prenoms || meme_agrement())).then_some(vue)
    }
}

/// Takes out of the lists of a year who stands on another one of that year (see [`recouper`]), and tells it to the
/// source of the list that gives way.
pub(super) fn departager(listes: Vec<Liste>) -> PolarsResult<Departages<Liste>> {
    let mut annees: Vec<i32> = listes.iter().map(|liste| liste.annee).collect();
    annees.sort_unstable();
    if annees.windows(2).all(|paire| paire[0] != paire[1]) {
        return Ok((listes, Vec::new()));
    }
    let gens = listes.iter().map(|liste| Gens::new(&liste.trame)).collect::<PolarsResult<Vec<_>>>()?;
    let recueils = listes.iter().map(recueil).collect::<PolarsResult<Vec<_>>>()?;
    let (restent, trouves) =
        recouper(&recueils, |(liste, ligne), autre| gens[liste].semblable(ligne, &gens[autre]));
    let dits =
        trouves.iter().map(|r| (recueils[r.liste].source.clone(), dire(r, &recueils, &gens))).collect();
    let listes = listes.into_iter().zip(restent).enumerate().map(|(rang, (liste, restent))| {
        let garder: BooleanChunked = restent.iter().map(|reste| Some(*reste)).collect();
        // Who could not be placed on an older state of a list is told by the later one.
        let remplacee = trouves.iter().any(|r| r.liste == rang && r.remplacee);
        let non_places = if remplacee { liste.non_places.clear() } else { liste.non_places };
        Ok(Liste { trame: liste.trame.filter(&garder)?, non_places, ..liste })
    });
    Ok((listes.collect::<PolarsResult<_>>()?, dits))
}

fn recueil(liste: &Liste) -> PolarsResult<Recueil> {
    let jour =
        liste.trame.column("date_observation")?.date()?.physical().iter().next().flatten().and_then(du_jour);
    let source = liste.trame.column("source")?.str()?.iter().next().flatten().unwrap_or_default().to_owned();
    let codes = liste.trame.column("code")?.str()?.iter().map(|c| c.unwrap_or_default().to_owned()).collect();
    Ok(Recueil { source, jour: jour.unwrap_or_default(), codes })
}

fn dire(recoupement: &Recoupement, recueils: &[Recueil], gens: &[Gens]) -> Probleme {
    let (liste, gardee) = (&recueils[recoupement.liste], &recueils[recoupement.gardee]);
    let autre = format!("« {} » ({})", gardee.source, gardee.jour.format("%d/%m/%Y"));
    let communes = recoupement.paires.len();
    let detail = if recoupement.remplacee {
        format!(
            "cette liste du {} est remplacée par {autre}, plus récente, où sont {communes} de ses {} personnes : {}",
            liste.jour.format("%d/%m/%Y"),
            recoupement.retirees + recoupement.restantes,
            recoupement.ce_qui_reste()
        )
    } else {
        let (qui, comptee) = if communes == 1 {
            (
                "une personne de cette liste est".to_owned(),
                "elle est comptée une seule fois, telle que la donne",
            )
        } else {
            (
                format!("{communes} personnes de cette liste sont"),
                "elles sont comptées une seule fois, telles que les donne",
            )
        };
        let (miennes, siennes) = (&gens[recoupement.liste], &gens[recoupement.gardee]);
        let contraires = recoupement.paires.iter().filter(|(ici, la)| {
            (&miennes.codes[*ici], miennes.places[*ici]) != (&siennes.codes[*la], siennes.places[*la])
        });
        let contraires = match contraires.count() {
            0 => String::new(),
            1 if communes == 1 => " ; elle n’y a pas la même commune ou le même nombre de places".to_owned(),
            1 => " ; une n’y a pas la même commune ou le même nombre de places".to_owned(),
            n => format!(" ; {n} n’y ont pas la même commune ou le même nombre de places"),
        };
        format!("{qui} aussi sur {autre} : {comptee} « {} »{contraires}", gardee.source)
    };
    let lignes = u32::try_from(recoupement.retirees).unwrap_or(u32::MAX);
    Probleme { lignes, ..Probleme::new(Motif::PersonneSurDeuxListes, Lieu::default(), detail) }
}
