//! The table is made of the rows of one indicator after the other: their frames are let go of as soon as they
//! are in it.

use super::{Bloc, COLONNES, Corps, Lieu, Lignes, Niveau, Provenance, Suite, TableIndicateurs};
use crate::quality::Statut;
use crate::territory::Perimetre;
use polars::prelude::*;
use std::sync::Arc;

/// A table in the making: rows are coded, indicator after indicator, so that no frame need be kept.
#[derive(Debug, Default)]
pub(in crate::indicators) struct Constructeur {
    pub(super) corps: Corps,
    provenances: PlHashMap<Provenance, u32>,
    /// Ranks of the places and of the modalities among all, in the order of the table.
    rangs_des_lieux: Vec<u32>,
    rangs_des_modalites: Vec<u32>,
    /// Names of the communes, by code: a série has none.
    noms: PlHashMap<String, String>,
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
        let mut constructeur = Constructeur::new(None);
        let mut precedent = None;
        for id in ids.iter().flatten() {
            let connu = precedent == Some(id) || constructeur.corps.numeros_des_blocs.contains_key(id);
            precedent = Some(id);
            if !connu {
                let lignes = en_rangs.filter(&ids.equal(id))?;
                let unite =
                    lignes.column("unite")?.str()?.iter().next().flatten().unwrap_or_default().to_owned();
                let lignes = constructeur.coder(&lignes)?;
                constructeur.ajouter(id, &unite, lignes)?;
            }
        }
        Ok(constructeur.finir())
    }
}

impl Constructeur {
    /// Nothing yet; the empty modality has the number 0.
    pub(in crate::indicators) fn new(perimetre: Option<&Perimetre>) -> Self {
        let membres = perimetre.into_iter().flat_map(Perimetre::membres);
        let noms = membres.map(|m| (m.code.as_str().to_owned(), m.nom.clone())).collect();
        let corps = Corps {
            modalites: vec![String::new()],
            numeros_des_modalites: PlHashMap::from_iter([(String::new(), 0)]),
            ..Corps::default()
        };
        Self { corps, noms, ..Self::default() }
    }

    /// The table of what was added. Places and modalities are numbered in order: the rows of the frames come in
    /// none, and what is made of the table must not depend on it.
    pub(in crate::indicators) fn finir(mut self) -> TableIndicateurs {
        self.classer();
        let (lieux, modalites) = (self.rangs_des_lieux, self.rangs_des_modalites);
        let mut corps = self.corps;
        for lignes in corps.blocs.iter_mut().map(|bloc| Arc::make_mut(&mut bloc.lignes)) {
            for suite in &mut lignes.suites {
                suite.lieu = lieux[suite.lieu as usize];
                suite.modalite = modalites[suite.modalite as usize];
            }
            for (lieu, _) in &mut lignes.lieux {
                *lieu = lieux[*lieu as usize];
            }
            lignes.lieux.sort_unstable();
        }
        let numeros_des_lieux = corps.numeros_des_lieux.iter_mut().flat_map(PlHashMap::values_mut);
        numeros_des_lieux.for_each(|numero| *numero = lieux[*numero as usize]);
        corps.numeros_des_modalites.values_mut().for_each(|numero| *numero = modalites[*numero as usize]);
        corps.lieux.sort_by(|a, b| (a.niveau, &a.code).cmp(&(b.niveau, &b.code)));
        corps.modalites.sort_unstable();
        TableIndicateurs { corps: Arc::new(corps), retenues: None }
    }

    /// Adds the rows of an indicator.
    ///
    /// # Errors
    /// If there are more indicators than numbers.
    pub(in crate::indicators) fn ajouter(
        &mut self,
        indicateur: &str,
        unite: &str,
        lignes: Lignes,
    ) -> PolarsResult<()> {
        let bloc = Bloc {
            numero: compter(self.corps.blocs.len())?,
            indicateur: indicateur.to_owned(),
            unite: unite.to_owned(),
            debut: self.corps.lignes,
            lignes: lignes.into(),
        };
        self.corps.lignes += bloc.lignes.nombre();
        self.corps.numeros_des_blocs.insert(bloc.indicateur.clone(), self.corps.blocs.len());
        self.corps.blocs.push(bloc);
        Ok(())
    }

    /// The rows of one indicator, in any order: a [série](super::super::serie), whose places are communes, or the
    /// columns of [`serie::colonnes_directes`](super::super::serie::colonnes_directes).
    ///
    /// # Errors
    /// If a column is missing or of another type, or if two rows speak of the same figure.
    pub(in crate::indicators) fn coder(&mut self, trame: &DataFrame) -> PolarsResult<Lignes> {
        let lignes = self.ranger(trame)?;
        if let Some(double) = lignes.windows(2).find(|l| (l[0].place, l[0].annee) == (l[1].place, l[1].annee))
        {
            let mot = |nom: &str| -> PolarsResult<String> {
                Ok(trame.column(nom)?.str()?.get(double[0].rang as usize).unwrap_or_default().to_owned())
            };
            let (code, modalite, annee) = (mot("code")?, mot("modalite")?, double[0].annee);
            polars_bail!(Duplicate: "le même chiffre deux fois : {code} {modalite} {annee}");
        }
        let mut codees =
            Lignes { annees: lignes.iter().map(|ligne| ligne.annee).collect(), ..Lignes::default() };
        self.decouper(&lignes, &mut codees);
        let reels = |nom: &str| -> PolarsResult<Float64Chunked> {
            Ok(trame.column(nom)?.f64()?.rechunk().into_owned())
        };
        let (valeurs, hauts, bas) = (reels("valeur")?, reels("numerateur")?, reels("denominateur")?);
        let lire =
            |nombres: &Float64Chunked, ligne: &Ligne| nombres.get(ligne.rang as usize).unwrap_or(f64::NAN);
        codees.valeurs = lignes.iter().map(|ligne| lire(&valeurs, ligne)).collect();
        if hauts.null_count() < hauts.len() || bas.null_count() < bas.len() {
            codees.termes = lignes.iter().map(|ligne| [lire(&hauts, ligne), lire(&bas, ligne)]).collect();
        }
        self.lire_les_provenances(trame, &lignes, &mut codees)?;
        Ok(codees)
    }

    /// The rows of levels above the communes, then those of the communes.
    ///
    /// # Errors
    /// If both have a place in common.
    pub(in crate::indicators) fn joindre(&self, hautes: Lignes, communes: Lignes) -> PolarsResult<Lignes> {
        let niveau = |lignes: &Lignes| {
            let derniere = lignes.suites.last().map(|suite| suite.lieu as usize);
            derniere.map(|lieu| self.corps.lieux[lieu].niveau)
        };
        if hautes.nombre() == 0 {
            return Ok(communes);
        }
        polars_ensure!(
            communes.nombre() == 0 || niveau(&hautes) < Some(Niveau::Commune),
            Duplicate: "les communes d’un indicateur sont données deux fois"
        );
        let (debut, premiere) = (compter(hautes.nombre())?, compter(hautes.suites.len())?);
        let mut lignes = hautes;
        lignes.suites.extend(communes.suites.iter().map(|s| Suite { debut: s.debut + debut, ..*s }));
        lignes.lieux.extend(communes.lieux.iter().map(|(lieu, suite)| (*lieu, suite + premiere)));
        lignes.lieux.sort_unstable();
        if !(lignes.termes.is_empty() && communes.termes.is_empty()) {
            // Those that have no terms have them all absent.
            let absents = [f64::NAN; 2];
            lignes.termes.resize(lignes.nombre(), absents);
            lignes.termes.extend(&communes.termes);
            lignes.termes.resize(lignes.nombre() + communes.nombre(), absents);
        }
        lignes.annees.extend(&communes.annees);
        lignes.valeurs.extend(&communes.valeurs);
        lignes.provenances.extend(&communes.provenances);
        Ok(lignes)
    }

    /// The rows of an indicator without those that tell nothing: of the years before the first one of which a source says
    /// something of it, somewhere; of an indicator that no source tells, its details. That it is not known is still told, by
    /// its whole, place by place and year by year.
    pub(in crate::indicators) fn sans_ce_que_nul_ne_dit(&self, lignes: Lignes) -> Lignes {
        let inconnu =
            |provenance: &u32| self.corps.provenances[*provenance as usize].statut == Statut::NonDisponible;
        let dites = lignes.annees.iter().zip(&lignes.provenances).filter(|(_, p)| !inconnu(p));
        let omises: Vec<bool> = match dites.map(|(annee, _)| *annee).min() {
            Some(premiere) => lignes.annees.iter().map(|annee| *annee < premiere).collect(),
            None if lignes.suites.iter().any(|suite| suite.modalite == 0) => {
                let mut omises = vec![false; lignes.nombre()];
                for rang in (0..lignes.suites.len()).filter(|rang| lignes.suites[*rang].modalite != 0) {
                    omises[lignes.rangs(rang)].fill(true);
                }
                omises
            }
            None => return lignes,
        };
        if omises.contains(&true) { lignes.sans(&omises) } else { lignes }
    }

    /// The rows of a frame in the order of the table.
    fn ranger(&mut self, trame: &DataFrame) -> PolarsResult<Vec<Ligne>> {
        let mots = |nom: &str| trame.column(nom)?.str().cloned();
        let (codes, modalites) = (mots("code")?, mots("modalite")?);
        let autres = mots("niveau").and_then(|niveaux| Ok((niveaux, mots("nom")?))).ok();
        let niveau_et_nom = |rang: usize| {
            let autres = autres.as_ref();
            autres.map(|(niveaux, noms)| (niveaux.get(rang).unwrap_or_default(), noms.get(rang)))
        };
        let annees = trame.column("annee")?.i32()?;
        let (mut lieu, mut precedent) = (0, None);
        let mut derniere: Option<(&str, u32)> = None;
        let mut lignes = Vec::with_capacity(trame.height());
        let colonnes = codes.iter().zip(modalites.iter()).zip(annees.iter());
        for (rang, ((code, modalite), annee)) in (0u32..).zip(colonnes) {
            let niveau_et_nom = niveau_et_nom(rang as usize);
            let ici = (niveau_et_nom.map(|(niveau, _)| niveau), code);
            if precedent != Some(ici) {
                let (niveau, nom) = niveau_et_nom.unwrap_or((Niveau::Commune.mot(), None));
                lieu = self.lieu(niveau, code.unwrap_or_default(), nom)?;
                precedent = Some(ici);
            }
            let mot = modalite.unwrap_or_default();
            let modalite = match derniere.filter(|(avant, _)| *avant == mot) {
                Some((_, numero)) => numero,
                None => self.modalite(mot)?,
            };
            derniere = Some((mot, modalite));
            let annee = annee.and_then(|annee| i16::try_from(annee).ok());
            let annee =
                annee.ok_or_else(|| polars_err!(ComputeError: "une ligne sans année (ligne {rang})"))?;
            lignes.push(Ligne { place: en_place(lieu, modalite), annee, rang });
        }
        self.classer();
        for ligne in &mut lignes {
            let (lieu, modalite) = hors_de_place(ligne.place);
            ligne.place = en_place(self.rangs_des_lieux[lieu], self.rangs_des_modalites[modalite]);
        }
        // Years come one after the other, each in order: the sort of the standard library makes the best of it.
        lignes.sort_by_key(|ligne| (ligne.place, ligne.annee));
        Ok(lignes)
    }

    pub(super) fn lieu(&mut self, niveau: &str, code: &str, nom: Option<&str>) -> PolarsResult<u32> {
        let Some(niveau) = Niveau::du_mot(niveau) else {
            polars_bail!(ComputeError: "le niveau « {niveau} » n’existe pas");
        };
        let numeros = &mut self.corps.numeros_des_lieux[niveau as usize];
        if let Some(numero) = numeros.get(code) {
            return Ok(*numero);
        }
        let numero = compter(self.corps.lieux.len())?;
        numeros.insert(code.to_owned(), numero);
        let nom = nom.or_else(|| self.noms.get(code).map(String::as_str)).unwrap_or_default().to_owned();
        self.corps.lieux.push(Lieu { niveau, code: code.to_owned(), nom });
        Ok(numero)
    }

    pub(super) fn modalite(&mut self, modalite: &str) -> PolarsResult<u32> {
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

    /// The suites of rows, and where those of each place begin.
    fn decouper(&self, lignes: &[Ligne], codees: &mut Lignes) {
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
            let (lieu, modalite) = hors_de_place(suite[0].place);
            let (lieu, modalite) = (lieux[lieu], modalites[modalite]);
            if codees.suites.last().is_none_or(|precedente: &Suite| precedente.lieu != lieu) {
                codees.lieux.push((lieu, u32::try_from(codees.suites.len()).unwrap_or(u32::MAX)));
            }
            codees.suites.push(Suite { lieu, modalite, debut });
            debut += u32::try_from(suite.len()).unwrap_or(u32::MAX);
        }
        codees.suites.shrink_to_fit();
        codees.lieux.sort_unstable();
    }

    fn lire_les_provenances(
        &mut self,
        trame: &DataFrame,
        lignes: &[Ligne],
        codees: &mut Lignes,
    ) -> PolarsResult<()> {
        let entiers = |nom: &str| -> PolarsResult<UInt32Chunked> {
            Ok(trame.column(nom)?.u32()?.rechunk().into_owned())
        };
        let statuts = entiers("statut")?;
        // A commune is the only part of its own figures.
        let parties =
            entiers("parties").and_then(|parties| Ok((parties, entiers("parties_attendues")?))).ok();
        codees.provenances.reserve_exact(lignes.len());
        let jours = trame.column("date_observation")?.cast(&DataType::Date)?;
        let jours = jours.date()?.physical().rechunk().into_owned();
        let sources = trame.column("sources")?.str()?.rechunk().into_owned();
        let mut memoire = Memoire::new(&codees.annees);
        for (ici, ligne) in lignes.iter().enumerate() {
            let rang = ligne.rang as usize;
            let Some(statut) = statuts.get(rang).and_then(Statut::du_rang) else {
                polars_bail!(ComputeError: "une ligne sans statut (ligne {rang})");
            };
            let (jour, texte) = (jours.get(rang), sources.get(rang).unwrap_or_default());
            let parties = match &parties {
                Some((parties, attendues)) => {
                    (parties.get(rang).unwrap_or_default(), attendues.get(rang).unwrap_or_default())
                }
                None => (u32::from(codees.est_connue(ici)), 1),
            };
            codees.provenances.push(memoire.numero(self, ligne.annee, jour, statut, parties, texte)?);
        }
        Ok(())
    }

    pub(super) fn provenance(&mut self, provenance: Provenance) -> PolarsResult<u32> {
        if let Some(numero) = self.provenances.get(&provenance) {
            return Ok(*numero);
        }
        let numero = compter(self.corps.provenances.len())?;
        self.corps.provenances.push(provenance.clone());
        self.provenances.insert(provenance, numero);
        Ok(numero)
    }
}

/// What the figures of each year rest on: mostly what that year of the place before did.
pub(super) struct Memoire<'t> {
    premiere: i16,
    precedentes: Vec<Option<(u32, &'t str)>>,
}

impl<'t> Memoire<'t> {
    /// For figures of these years.
    pub(super) fn new(annees: &[i16]) -> Self {
        Self { premiere: annees.iter().copied().min().unwrap_or_default(), precedentes: Vec::new() }
    }

    /// The number of what a figure rests on. `parties`: how many are known, and expected.
    pub(super) fn numero(
        &mut self,
        table: &mut Constructeur,
        annee: i16,
        jour: Option<i32>,
        statut: Statut,
        (parties, parties_attendues): (u32, u32),
        sources: &'t str,
    ) -> PolarsResult<u32> {
        let annee = usize::from(annee.abs_diff(self.premiere));
        self.precedentes.resize(self.precedentes.len().max(annee + 1), None);
        let est = |(numero, avant): &(u32, &str)| {
            let p = &table.corps.provenances[*numero as usize];
            (p.jour, p.statut, p.parties, p.parties_attendues) == (jour, statut, parties, parties_attendues)
                && (std::ptr::eq(*avant, sources) || *avant == sources)
        };
        let numero = if let Some((numero, _)) = self.precedentes[annee].filter(est) {
            numero
        } else {
            let sources = sans_doubles(sources);
            table.provenance(Provenance { jour, statut, parties, parties_attendues, sources })?
        };
        self.precedentes[annee] = Some((numero, sources));
        Ok(numero)
    }
}

/// Each source once: a figure may rest on several others that rest on the same.
pub(super) fn sans_doubles(sources: &str) -> Arc<str> {
    let mut dites: Vec<&str> = Vec::new();
    for source in sources.split(';') {
        if !dites.contains(&source) {
            dites.push(source);
        }
    }
    dites.join(";").into()
}

fn en_place(lieu: u32, modalite: u32) -> u64 {
    (u64::from(lieu) << 32) | u64::from(modalite)
}

fn hors_de_place(place: u64) -> (usize, usize) {
    let entier = |n: u64| usize::try_from(n).unwrap_or_default();
    (entier(place >> 32), entier(place & u64::from(u32::MAX)))
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

pub(super) fn compter(nombre: usize) -> PolarsResult<u32> {
    u32::try_from(nombre).map_err(|_| polars_err!(ComputeError: "plus de quatre milliards de numéros"))
}
