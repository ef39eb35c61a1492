//! The table is made of the rows of one indicator after the other: their frames are let go of as soon as they
//! are in it.

use super::{Bloc, COLONNES, Corps, Lieu, Niveau, Provenance, Suite, TableIndicateurs};
use crate::indicators::Indicateur;
use crate::quality::Statut;
use polars::prelude::*;
use std::collections::HashMap;
use std::sync::Arc;

/// A table in the making.
#[derive(Debug, Default)]
struct Constructeur {
    corps: Corps,
    provenances: HashMap<Provenance, u32>,
    /// Ranks of the places and of the modalities among all, in the order of the table.
    rangs_des_lieux: Vec<u32>,
    rangs_des_modalites: Vec<u32>,
}

/// A row: where it goes, and its rank in the frame.
#[derive(Clone, Copy)]
struct Ligne {
    /// Ranks of its place and of its modality.
    place: u64,
    annee: i16,
    rang: u32,
}

impl TableIndicateurs {
    /// The table of the rows of each indicator, in any order, with the columns of
    /// [`serie::colonnes_directes`](super::super::serie::colonnes_directes).
    ///
    /// # Errors
    /// Those of the rows; if a column is missing or of another type, or if two rows speak of the same figure.
    pub(in crate::indicators) fn composer<'a>(
        lignes: impl IntoIterator<Item = PolarsResult<(&'a Indicateur, DataFrame)>>,
    ) -> PolarsResult<Self> {
        let mut constructeur = Constructeur::new()?;
        for lignes in lignes {
            let (entree, lignes) = lignes?;
            constructeur.ajouter(entree.id, entree.unite.mot(), &lignes)?;
        }
        Ok(constructeur.finir())
    }

    /// Takes a frame with the columns of [`COLONNES`], in any order of rows.
    ///
    /// # Errors
    /// If a column is missing or of another type, or if two rows speak of the same figure.
    pub fn new(trame: &DataFrame) -> PolarsResult<Self> {
        for (nom, type_attendu) in &COLONNES {
            let trouve = trame.column(nom)?.dtype();
            polars_ensure!(trouve == type_attendu, SchemaMismatch: "colonne {nom} : {trouve} au lieu de {type_attendu}");
        }
        let ids = trame.column("indicateur")?.str()?;
        let statuts = trame.column("statut")?.str()?.iter().map(|mot| mot.and_then(Statut::du_mot));
        let rangs: UInt32Chunked = statuts.map(|statut| statut.map(Statut::rang)).collect();
        let mut en_rangs = trame.clone();
        en_rangs.replace("statut", rangs.with_name("statut".into()).into_column())?;
        let mut constructeur = Constructeur::new()?;
        let mut precedent = None;
        for id in ids.iter().flatten() {
            let connu = precedent == Some(id) || constructeur.corps.numeros_des_blocs.contains_key(id);
            precedent = Some(id);
            if !connu {
                let lignes = en_rangs.filter(&ids.equal(id))?;
                let unite = lignes.column("unite")?.str()?.get(0).unwrap_or_default().to_owned();
                constructeur.ajouter(id, &unite, &lignes)?;
            }
        }
        Ok(constructeur.finir())
    }
}

impl Constructeur {
    /// Nothing yet; the empty modality has the number 0.
    fn new() -> PolarsResult<Self> {
        let mut constructeur = Self::default();
        constructeur.modalite("")?;
        Ok(constructeur)
    }

    fn finir(self) -> TableIndicateurs {
        TableIndicateurs { corps: Arc::new(self.corps), retenues: None }
    }

    fn ajouter(&mut self, indicateur: &str, unite: &str, trame: &DataFrame) -> PolarsResult<()> {
        let lignes = self.ranger(trame)?;
        if let Some(double) = lignes.windows(2).find(|l| (l[0].place, l[0].annee) == (l[1].place, l[1].annee))
        {
            let rang = double[0].rang as usize;
            let mot = |nom: &str| -> PolarsResult<String> {
                Ok(trame.column(nom)?.str()?.get(rang).unwrap_or_default().to_owned())
            };
            let (niveau, code, modalite) = (mot("niveau")?, mot("code")?, mot("modalite")?);
            let annee = double[0].annee;
            polars_bail!(Duplicate: "le même chiffre deux fois : {indicateur} {modalite} {niveau} {code} {annee}");
        }
        let mut bloc = Bloc {
            indicateur: indicateur.to_owned(),
            unite: unite.to_owned(),
            debut: self.corps.lignes,
            suites: Vec::new(),
            lieux: Vec::new(),
            annees: lignes.iter().map(|ligne| ligne.annee).collect(),
            valeurs: Vec::with_capacity(lignes.len()),
            termes: Vec::new(),
            provenances: Vec::with_capacity(lignes.len()),
        };
        self.decouper(&lignes, &mut bloc);
        let reels = |nom: &str| -> PolarsResult<Float64Chunked> {
            Ok(trame.column(nom)?.f64()?.rechunk().into_owned())
        };
        let (valeurs, hauts, bas) = (reels("valeur")?, reels("numerateur")?, reels("denominateur")?);
        let lire =
            |nombres: &Float64Chunked, ligne: &Ligne| nombres.get(ligne.rang as usize).unwrap_or(f64::NAN);
        bloc.valeurs.extend(lignes.iter().map(|ligne| lire(&valeurs, ligne)));
        if hauts.null_count() < hauts.len() || bas.null_count() < bas.len() {
            bloc.termes = lignes.iter().map(|ligne| [lire(&hauts, ligne), lire(&bas, ligne)]).collect();
        }
        self.lire_les_provenances(trame, &lignes, &mut bloc)?;
        self.corps.lignes += lignes.len();
        self.corps.numeros_des_blocs.insert(bloc.indicateur.clone(), self.corps.blocs.len());
        self.corps.blocs.push(bloc);
        Ok(())
    }

    /// The rows of a frame in the order of the table.
    fn ranger(&mut self, trame: &DataFrame) -> PolarsResult<Vec<Ligne>> {
        let mots = |nom: &str| trame.column(nom)?.str().cloned();
        let (niveaux, codes, noms, modalites) =
            (mots("niveau")?, mots("code")?, mots("nom")?, mots("modalite")?);
        let annees = trame.column("annee")?.i32()?;
        let (mut lieu, mut precedent) = (0, None);
        let mut lignes = Vec::with_capacity(trame.height());
        let colonnes =
            niveaux.iter().zip(codes.iter()).zip(noms.iter()).zip(modalites.iter()).zip(annees.iter());
        for (rang, ((((niveau, code), nom), modalite), annee)) in (0u32..).zip(colonnes) {
            if precedent != Some((niveau, code)) {
                lieu =
                    self.lieu(niveau.unwrap_or_default(), code.unwrap_or_default(), nom.unwrap_or_default())?;
                precedent = Some((niveau, code));
            }
            let modalite = self.modalite(modalite.unwrap_or_default())?;
            let annee = annee.and_then(|annee| i16::try_from(annee).ok());
            let annee =
                annee.ok_or_else(|| polars_err!(ComputeError: "une ligne sans année (ligne {rang})"))?;
            lignes.push(Ligne { place: (u64::from(lieu) << 32) | u64::from(modalite), annee, rang });
        }
        self.classer();
        for ligne in &mut lignes {
            let (lieu, modalite) = (ligne.place >> 32, ligne.place & u64::from(u32::MAX));
            let lieu = self.rangs_des_lieux[usize::try_from(lieu).unwrap_or_default()];
            let modalite = self.rangs_des_modalites[usize::try_from(modalite).unwrap_or_default()];
            ligne.place = (u64::from(lieu) << 32) | u64::from(modalite);
        }
        // Years come one after the other, each in order: the sort of the standard library makes the best of it.
        lignes.sort_by_key(|ligne| (ligne.place, ligne.annee));
        Ok(lignes)
    }

    fn lieu(&mut self, niveau: &str, code: &str, nom: &str) -> PolarsResult<u32> {
        let Some(niveau) = Niveau::du_mot(niveau) else {
            polars_bail!(ComputeError: "le niveau « {niveau} » n’existe pas");
        };
        let numeros = &mut self.corps.numeros_des_lieux[niveau as usize];
        if let Some(numero) = numeros.get(code) {
            return Ok(*numero);
        }
        let numero = compter(self.corps.lieux.len())?;
        numeros.insert(code.to_owned(), numero);
        self.corps.lieux.push(Lieu { niveau, code: code.to_owned(), nom: nom.to_owned() });
        Ok(numero)
    }

    fn modalite(&mut self, modalite: &str) -> PolarsResult<u32> {
        if let Some(numero) = self.corps.numeros_des_modalites.get(modalite) {
            return Ok(*numero);
        }
        let numero = compter(self.corps.modalites.len())?;
        self.corps.numeros_des_modalites.insert(modalite.to_owned(), numero);
        self.corps.modalites.push(modalite.to_owned());
        Ok(numero)
    }

    /// Ranks of places and modalities, if there are more of them than there were.
    fn classer(&mut self) {
        if self.rangs_des_lieux.len() < self.corps.lieux.len() {
            self.rangs_des_lieux = rangs(&self.corps.lieux, |lieu| (lieu.niveau, lieu.code.as_str()));
        }
        if self.rangs_des_modalites.len() < self.corps.modalites.len() {
            self.rangs_des_modalites = rangs(&self.corps.modalites, String::as_str);
        }
    }

    /// The suites of a block, and where those of each place begin.
    fn decouper(&self, lignes: &[Ligne], bloc: &mut Bloc) {
        let numeros = |rangs: &[u32]| {
            let mut numeros = vec![0u32; rangs.len()];
            for (numero, rang) in (0u32..).zip(rangs) {
                numeros[*rang as usize] = numero;
            }
            numeros
        };
        let (lieux, modalites) = (numeros(&self.rangs_des_lieux), numeros(&self.rangs_des_modalites));
        let mut debut = 0u32;
        for suite in lignes.chunk_by(|a, b| a.place == b.place) {
            let place = suite[0].place;
            let lieu = lieux[usize::try_from(place >> 32).unwrap_or_default()];
            let modalite = modalites[usize::try_from(place & u64::from(u32::MAX)).unwrap_or_default()];
            if bloc.suites.last().is_none_or(|precedente: &Suite| precedente.lieu != lieu) {
                bloc.lieux.push((lieu, u32::try_from(bloc.suites.len()).unwrap_or(u32::MAX)));
            }
            bloc.suites.push(Suite { lieu, modalite, debut });
            debut += u32::try_from(suite.len()).unwrap_or(u32::MAX);
        }
        bloc.suites.shrink_to_fit();
        bloc.lieux.sort_unstable();
    }

    fn lire_les_provenances(
        &mut self,
        trame: &DataFrame,
        lignes: &[Ligne],
        bloc: &mut Bloc,
    ) -> PolarsResult<()> {
        let entiers = |nom: &str| -> PolarsResult<UInt32Chunked> {
            Ok(trame.column(nom)?.u32()?.rechunk().into_owned())
        };
        let (statuts, parties, attendues) =
            (entiers("statut")?, entiers("parties")?, entiers("parties_attendues")?);
        let jours = trame.column("date_observation")?.cast(&DataType::Date)?;
        let jours = jours.date()?.physical().rechunk().into_owned();
        let sources = trame.column("sources")?.str()?.rechunk().into_owned();
        // What a year of one place rests on is mostly what that year of the place before did.
        let premiere = lignes.iter().map(|ligne| ligne.annee).min().unwrap_or_default();
        let mut precedentes: Vec<Option<u32>> = Vec::new();
        for ligne in lignes {
            let rang = ligne.rang as usize;
            let statut = statuts.get(rang).and_then(|rang| Statut::TOUS.get(rang as usize)).copied();
            let Some(statut) = statut else {
                polars_bail!(ComputeError: "{} : une ligne sans statut", bloc.indicateur);
            };
            let (jour, texte) = (jours.get(rang), sources.get(rang).unwrap_or_default());
            let (parties, parties_attendues) =
                (parties.get(rang).unwrap_or_default(), attendues.get(rang).unwrap_or_default());
            let est = |p: &Provenance| {
                (p.jour, p.statut, p.parties, p.parties_attendues)
                    == (jour, statut, parties, parties_attendues)
                    && &*p.sources == texte
            };
            let annee = usize::from(ligne.annee.abs_diff(premiere));
            precedentes.resize(precedentes.len().max(annee + 1), None);
            let precedente = precedentes[annee];
            let numero = match precedente.filter(|n| est(&self.corps.provenances[*n as usize])) {
                Some(numero) => numero,
                None => self.provenance(Provenance {
                    jour,
                    statut,
                    parties,
                    parties_attendues,
                    sources: texte.into(),
                })?,
            };
            precedentes[annee] = Some(numero);
            bloc.provenances.push(numero);
        }
        Ok(())
    }

    fn provenance(&mut self, provenance: Provenance) -> PolarsResult<u32> {
        if let Some(numero) = self.provenances.get(&provenance) {
            return Ok(*numero);
        }
        let numero = compter(self.corps.provenances.len())?;
        self.corps.provenances.push(provenance.clone());
        self.provenances.insert(provenance, numero);
        Ok(numero)
    }
}

/// The rank of each element among all.
fn rangs<'a, T, C: Ord>(elements: &'a [T], cle: impl Fn(&'a T) -> C) -> Vec<u32> {
    let mut ordre: Vec<usize> = (0..elements.len()).collect();
    ordre.sort_by_key(|numero| cle(&elements[*numero]));
    let mut rangs = vec![0; elements.len()];
    for (rang, numero) in (0u32..).zip(ordre) {
        rangs[numero] = rang;
    }
    rangs
}

fn compter(nombre: usize) -> PolarsResult<u32> {
    u32::try_from(nombre).map_err(|_| polars_err!(ComputeError: "plus de quatre milliards de numéros"))
}
