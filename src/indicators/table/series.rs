//! Séries as the table holds them: counts put in their places, sums and rates of two of them, and what the communes
//! add up to, without the words of each row, which a frame would write to be read back.

use super::super::Indicateur;
use super::super::grille::{Couverture, Places};
use super::super::serie::{Apport, arrondir_le_rapport};
use super::construction::{Memoire, compter, sans_doubles};
use super::{Constructeur, Lignes, Niveau, Provenance, Suite};
use crate::quality::Statut;
use crate::tables::{Portee, en_jours};
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What a source counts wherever it covers: some modalities of an indicator, and the years that it covers for them.
#[derive(Debug, Clone, Copy)]
pub(in crate::indicators) struct Denombrement<'a> {
    /// The total is the empty one.
    pub(in crate::indicators) modalites: &'a [&'a str],
    pub(in crate::indicators) couverture: &'a [Couverture],
}

/// Where a source knows less than it covers, the status of what it tells, by commune and year.
pub(in crate::indicators) type Reserves = PlHashMap<String, PlHashMap<i16, Statut>>;

/// A year that a source covers.
struct Couverte {
    jour: i32,
    sources: Arc<str>,
    /// What a zero is worth.
    statut: Statut,
    portee: Portee,
    douteuses: Arc<BTreeSet<String>>,
}

/// A figure, by its row, in each of two séries: place, year, rows.
type Paire = (u32, i16, usize, usize);

impl Constructeur {
    /// A count whose source lists everything there is: where it covers a year, a commune that it does not name has
    /// none.
    ///
    /// `comptes`: `annee`, `code`, `modalite`, `valeur` (f64), `statut` (u32, null for that of the year).
    ///
    /// `reserves`: by rank of these counts, where their source knows less than it covers.
    ///
    /// # Errors
    /// If a column is missing or of another type, or if two rows speak of the same figure.
    pub(in crate::indicators) fn denombrer(
        &mut self,
        places: &Places,
        comptes: &DataFrame,
        denombrements: &[Denombrement<'_>],
        reserves: &[Option<&Reserves>],
    ) -> PolarsResult<Lignes> {
        let mut modalites: Vec<(&str, usize)> = Vec::new();
        for (numero, denombrement) in denombrements.iter().enumerate() {
            modalites.extend(denombrement.modalites.iter().map(|modalite| (*modalite, numero)));
        }
        modalites.sort_unstable();
        let mots: Vec<&str> = modalites.iter().map(|(mot, _)| *mot).collect();
        let mut lignes = self.semer(places, &mots)?;
        let lues = places.ranger(comptes, &mots)?;
        let valeurs = comptes.column("valeur")?.f64()?.rechunk().into_owned();
        let statuts = comptes.column("statut")?.u32()?.rechunk().into_owned();
        let couvertures: Vec<BTreeMap<i16, Couverte>> =
            denombrements.iter().map(|denombrement| par_annee(denombrement.couverture)).collect();
        let inconnue = self.provenance(Provenance::de_commune(None, Statut::NonDisponible, false, ""))?;
        // What rests on one year, at one status, with a value or without.
        let mut memoire: PlHashMap<(usize, i16, Statut, bool), u32> = PlHashMap::default();
        let codes: Vec<&str> = places.peuplees().map(|(code, _)| code).collect();
        for suite in 0..lignes.suites.len() {
            let (code, numero) = (codes[suite / modalites.len()], modalites[suite % modalites.len()].1);
            let siennes = reserves.get(numero).copied().flatten().and_then(|reserves| reserves.get(code));
            for rang in lignes.rangs(suite) {
                let annee = lignes.annees[rang];
                let couverte = couvertures[numero].get(&annee).filter(|c| c.portee.parle_de(code));
                let Some(couverte) = couverte else {
                    lignes.provenances[rang] = inconnue;
                    continue;
                };
                let lue = lues[rang].map(|lue| lue as usize);
                let statut = lue.and_then(|lue| statuts.get(lue)).and_then(Statut::du_rang);
                let reserve = siennes.and_then(|siennes| siennes.get(&annee)).copied();
                let doute = couverte.douteuses.contains(code).then_some(Statut::Estime);
                let reserves = reserve.into_iter().chain(doute);
                let statut = reserves.fold(statut.unwrap_or(couverte.statut), Statut::max);
                let connue = statut.est_connu();
                if connue {
                    lignes.valeurs[rang] = lue.and_then(|lue| valeurs.get(lue)).unwrap_or(0.0);
                }
                let cle = (numero, annee, statut, connue);
                lignes.provenances[rang] = if let Some(provenance) = memoire.get(&cle) {
                    *provenance
                } else {
                    let provenance =
                        Provenance::de_commune(Some(couverte.jour), statut, connue, &couverte.sources);
                    *memoire.entry(cle).or_insert(self.provenance(provenance)?)
                };
            }
        }
        Ok(lignes)
    }

    /// A count that the source gives commune by commune: what it does not give is not available.
    ///
    /// `comptes`: `annee`, `code`, `modalite` (empty), `valeur`, `statut`, `date_observation`, `sources`.
    ///
    /// # Errors
    /// If a column is missing or of another type, or if two rows speak of the same figure.
    pub(in crate::indicators) fn relever(
        &mut self,
        places: &Places,
        comptes: &DataFrame,
    ) -> PolarsResult<Lignes> {
        let mut lignes = self.semer(places, &[""])?;
        let lues = places.ranger(comptes, &[""])?;
        let valeurs = comptes.column("valeur")?.f64()?.rechunk().into_owned();
        let statuts = comptes.column("statut")?.u32()?.rechunk().into_owned();
        let jours = comptes.column("date_observation")?.cast(&DataType::Date)?;
        let jours = jours.date()?.physical().rechunk().into_owned();
        let sources = comptes.column("sources")?.str()?.rechunk().into_owned();
        let mut memoire = Memoire::new(&lignes.annees);
        for (rang, lue) in lues.iter().enumerate() {
            let lue = lue.map(|lue| lue as usize);
            let statut = lue.and_then(|lue| statuts.get(lue)).and_then(Statut::du_rang);
            let statut = statut.unwrap_or(Statut::NonDisponible);
            let valeur = lue.and_then(|lue| valeurs.get(lue));
            let (jour, texte) = (lue.and_then(|lue| jours.get(lue)), lue.and_then(|lue| sources.get(lue)));
            lignes.valeurs[rang] = valeur.unwrap_or(f64::NAN);
            let parties = (u32::from(valeur.is_some()), 1);
            lignes.provenances[rang] = memoire.numero(
                self,
                lignes.annees[rang],
                jour,
                statut,
                parties,
                texte.unwrap_or_default(),
            )?;
        }
        Ok(lignes)
    }

    /// The sum of two counts, each at its empty modality: known only where both are (a missing part is not 0). With
    /// `signe` −1, their difference.
    ///
    /// # Errors
    /// Only if there are more figures than numbers.
    pub(in crate::indicators) fn additionner(
        &mut self,
        gauche: &Lignes,
        droite: &Lignes,
        signe: f64,
    ) -> PolarsResult<Lignes> {
        let paires = self.apparier((gauche, ""), (droite, ""));
        self.combiner(&paires, (gauche, droite), |statut, haut, bas| {
            let valeur = haut + signe * bas;
            (valeur, [f64::NAN; 2], statut)
        })
    }

    /// `facteur × numérateur / dénominateur` (see [`Indicateur::facteur`]), commune by commune, each side at one of its
    /// modalities. Known only where both are; `sans_objet` where the denominator is zero.
    ///
    /// # Errors
    /// Only if there are more figures than numbers.
    pub(in crate::indicators) fn rapporter(
        &mut self,
        indicateur: &Indicateur,
        numerateur: (&Lignes, &str),
        denominateur: (&Lignes, &str),
    ) -> PolarsResult<Lignes> {
        let paires = self.apparier(numerateur, denominateur);
        self.combiner(&paires, (numerateur.0, denominateur.0), |statut, haut, bas| {
            let termes = if statut.est_connu() { [haut, bas] } else { [f64::NAN; 2] };
            let [haut, bas] = termes;
            let valeur = if bas > 0.0 { arrondir_le_rapport(indicateur, haut, bas) } else { f64::NAN };
            (valeur, termes, if bas == 0.0 { Statut::SansObjet } else { statut })
        })
    }

    /// The rows of one modality, under another.
    ///
    /// # Errors
    /// Only if there are more modalities than numbers.
    pub(in crate::indicators) fn extraire(
        &mut self,
        lignes: &Lignes,
        modalite: &str,
        en: &str,
    ) -> PolarsResult<Lignes> {
        let numero = self.corps.numeros_des_modalites.get(modalite).copied();
        let nouvelle = self.modalite(en)?;
        let mut extraites = Lignes::default();
        for (suite, rang) in lignes.suites.iter().zip(0..).filter(|(suite, _)| Some(suite.modalite) == numero)
        {
            let rangs = lignes.rangs(rang);
            extraites.ouvrir(suite.lieu, nouvelle)?;
            extraites.annees.extend(&lignes.annees[rangs.clone()]);
            extraites.valeurs.extend(&lignes.valeurs[rangs.clone()]);
            extraites.provenances.extend(&lignes.provenances[rangs.clone()]);
            extraites.termes.extend(lignes.termes.get(rangs).unwrap_or_default());
        }
        extraites.lieux.sort_unstable();
        Ok(extraites)
    }

    /// What each row of a série brings to the whole of its communes.
    pub(in crate::indicators) fn apports<'t>(
        &'t self,
        lignes: &'t Lignes,
    ) -> impl Iterator<Item = Apport<'t>> {
        let connu = |nombre: f64| (!nombre.is_nan()).then_some(nombre);
        lignes.suites.iter().zip(0..).flat_map(move |(suite, numero)| {
            let modalite = self.corps.modalites[suite.modalite as usize].as_str();
            lignes.rangs(numero).map(move |rang| {
                let provenance = &self.corps.provenances[lignes.provenances[rang] as usize];
                let [haut, bas] = lignes.termes.get(rang).map_or([None; 2], |termes| termes.map(connu));
                Apport {
                    annee: lignes.annees[rang].into(),
                    modalite,
                    valeur: connu(lignes.valeurs[rang]),
                    haut,
                    bas,
                    statut: provenance.statut.rang(),
                    jour: provenance.jour,
                    sources: &provenance.sources,
                }
            })
        })
    }

    /// A row for each place and modality, without anything yet.
    fn semer(&mut self, places: &Places, modalites: &[&str]) -> PolarsResult<Lignes> {
        let modalites =
            modalites.iter().map(|modalite| self.modalite(modalite)).collect::<PolarsResult<Vec<_>>>()?;
        let mut lignes = Lignes::default();
        lignes.annees.reserve_exact(places.nombre() * modalites.len());
        for (code, annees) in places.peuplees() {
            let lieu = self.lieu(Niveau::Commune.mot(), code, None)?;
            for modalite in &modalites {
                lignes.ouvrir(lieu, *modalite)?;
                for annee in annees {
                    let courte = i16::try_from(*annee);
                    lignes.annees.push(courte.map_err(|_| polars_err!(ComputeError: "année {annee}"))?);
                }
            }
        }
        lignes.lieux.sort_unstable();
        lignes.valeurs = vec![f64::NAN; lignes.nombre()];
        lignes.provenances = vec![0; lignes.nombre()];
        Ok(lignes)
    }

    /// The years that a commune has in both séries, each at one of its modalities.
    fn apparier(&self, gauche: (&Lignes, &str), droite: (&Lignes, &str)) -> Vec<Paire> {
        let numero = |modalite: &str| self.corps.numeros_des_modalites.get(modalite).copied();
        let mut paires = Vec::new();
        let Some((ici, la)) = numero(gauche.1).zip(numero(droite.1)) else { return paires };
        let (gauche, droite) = (gauche.0, droite.0);
        for (suite, rang) in gauche.suites.iter().zip(0..).filter(|(suite, _)| suite.modalite == ici) {
            let mut autres = droite.trouver(suite.lieu, la).peekable();
            for rang in gauche.rangs(rang) {
                let annee = gauche.annees[rang];
                while autres.next_if(|autre| droite.annees[*autre] < annee).is_some() {}
                if let Some(autre) = autres.next_if(|autre| droite.annees[*autre] == annee) {
                    paires.push((suite.lieu, annee, rang, autre));
                }
            }
        }
        paires
    }

    /// A figure made of each pair: `faire` gives its value, its terms and its status of the worse status of the two and
    /// of their values. It rests on the later of their days and on the sources of both.
    fn combiner(
        &mut self,
        paires: &[Paire],
        (gauche, droite): (&Lignes, &Lignes),
        faire: impl Fn(Statut, f64, f64) -> (f64, [f64; 2], Statut),
    ) -> PolarsResult<Lignes> {
        let mut lignes = Lignes::default();
        let mut termes = Vec::with_capacity(paires.len());
        let mut memoire: PlHashMap<(u32, u32, Statut, bool), u32> = PlHashMap::default();
        for (lieu, annee, ici, la) in paires.iter().copied() {
            if lignes.suites.last().is_none_or(|suite| suite.lieu != lieu) {
                lignes.ouvrir(lieu, 0)?;
            }
            let (une, autre) = (gauche.provenances[ici], droite.provenances[la]);
            let [de_l_une, de_l_autre] = [une, autre].map(|p| &self.corps.provenances[p as usize]);
            let pire = de_l_une.statut.max(de_l_autre.statut);
            let (valeur, siens, statut) = faire(pire, gauche.valeurs[ici], droite.valeurs[la]);
            let connue = !(valeur.is_nan() && siens[0].is_nan());
            let cle = (une, autre, statut, connue);
            let provenance = if let Some(provenance) = memoire.get(&cle) {
                *provenance
            } else {
                let sources = reunir(&de_l_une.sources, &de_l_autre.sources);
                let jour = de_l_une.jour.max(de_l_autre.jour);
                let provenance = Provenance::de_commune(jour, statut, connue, &sources);
                *memoire.entry(cle).or_insert(self.provenance(provenance)?)
            };
            lignes.annees.push(annee);
            lignes.valeurs.push(valeur);
            lignes.provenances.push(provenance);
            termes.push(siens);
        }
        if termes.iter().flatten().any(|terme| !terme.is_nan()) {
            lignes.termes = termes;
        }
        lignes.lieux.sort_unstable();
        Ok(lignes)
    }
}

impl Lignes {
    /// Begins the years of a figure, after those of the figures before.
    fn ouvrir(&mut self, lieu: u32, modalite: u32) -> PolarsResult<()> {
        if self.suites.last().is_none_or(|precedente| precedente.lieu != lieu) {
            self.lieux.push((lieu, compter(self.suites.len())?));
        }
        self.suites.push(Suite { lieu, modalite, debut: compter(self.annees.len())? });
        Ok(())
    }
}

impl Provenance {
    /// A commune is the only part of its own figures.
    fn de_commune(jour: Option<i32>, statut: Statut, connue: bool, sources: &str) -> Self {
        let sources = sans_doubles(sources);
        Self { jour, statut, parties: u32::from(connue), parties_attendues: 1, sources }
    }
}

fn par_annee(couverture: &[Couverture]) -> BTreeMap<i16, Couverte> {
    let couverte = |c: &Couverture| {
        let couverte = Couverte {
            jour: en_jours(c.jour),
            sources: c.source.as_str().into(),
            statut: c.statut,
            portee: c.portee.clone(),
            douteuses: Arc::clone(&c.douteuses),
        };
        Some((i16::try_from(c.annee).ok()?, couverte))
    };
    couverture.iter().filter_map(couverte).collect()
}

/// The sources of both, in the order of the two.
fn reunir(une: &str, autre: &str) -> String {
    if autre.is_empty() || une == autre {
        une.to_owned()
    } else if une.is_empty() {
        autre.to_owned()
    } else {
        format!("{une};{autre}")
    }
}
