//! Communes that a list of agréments says nothing of, though it does not say so: those that it forgets, and those that
//! were one commune then. Nobody there is not zero.

use self::perdues::Perdues;
use crate::quality::{Lieu, Motif, Probleme};
use crate::tables::{Comptes, Liste, Mesure, UNE_SUR_VINGT};
use crate::territory::rapprochement::Rapprocheur;
use crate::territory::{CodeCommune, Membre, Perimetre};
use chrono::NaiveDate;
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

mod perdues;

pub(super) use perdues::taire_les_structures;

/// From how many communes and people on, those that have gone from a list all at once are told.
const DISPARUES: (usize, u32) = (2, 5);

/// A MAM that opens or closes makes so many people come or go at once; more than that do not, in one commune and a year.
const UNE_MAM: u32 = 6;

/// So many childminders at work in November have not all gone by the end of the year.
const ACTIFS: f64 = 3.0;

/// One row in so many without a commune, and nothing of the list is sure: each commune may lack some.
const UNE_SUR: u32 = 10;

/// Inhabitants from which on a commune without any childminder is a surprise: in France there is one for some 220.
const PEUPLEE: u32 = 1_000;

/// How many communes are named that are counted without anybody.
const CITEES: usize = 12;

/// People by commune, of one list.
type Effectifs = BTreeMap<String, u32>;

/// What is to be told, with the source that it is told to.
type Dits = Vec<(String, Probleme)>;

/// What a list names.
struct Nommes {
    effectifs: Effectifs,
    sources: BTreeSet<String>,
}

/// The lists of all years, and what they are held against.
pub(super) struct Silences<'a> {
    perimetre: &'a Perimetre,
    rapprocheur: &'a Rapprocheur<'a>,
    /// Communes of which the relais says that the list of a source names nobody because there is nobody.
    confirmes: BTreeMap<&'a str, &'a BTreeSet<CodeCommune>>,
    /// Childminders at work that the Caf counts, by year and commune, where they are several.
    actifs: BTreeMap<(i32, CodeCommune), f64>,
    /// By year, the communes that a row which could not be counted is of, or may be of.
    perdues: BTreeMap<i32, BTreeSet<CodeCommune>>,
}

impl<'a> Silences<'a> {
    pub(super) fn new(
        perimetre: &'a Perimetre,
        rapprocheur: &'a Rapprocheur<'a>,
        confirmes: impl IntoIterator<Item = (&'a str, &'a BTreeSet<CodeCommune>)>,
        comptes: &Comptes,
    ) -> PolarsResult<Self> {
        let actifs = comptes.mesure(Mesure::AmActifs).filter(col("valeur").gt_eq(lit(ACTIFS))).collect()?;
        let (annees, codes) = (actifs.column("annee")?.i32()?, actifs.column("code")?.str()?);
        let valeurs = actifs.column("valeur")?.f64()?;
        let actif = |i| Some(((annees.get(i)?, codes.get(i)?.parse().ok()?), valeurs.get(i)?));
        let actifs = (0..actifs.height()).filter_map(actif).collect();
        let confirmes = confirmes.into_iter().collect();
        Ok(Self { perimetre, rapprocheur, confirmes, actifs, perdues: BTreeMap::new() })
    }

    /// Makes each list speak of what it tells of alone.
    pub(super) fn appliquer(mut self, listes: &mut [Liste]) -> PolarsResult<Dits> {
        for (annee, perdues) in Perdues::chercher(listes)? {
            let communes = perdues.communes.keys().filter_map(|code| code.parse().ok()).collect();
            self.perdues.insert(annee, communes);
        }
        let nommes: Vec<Nommes> = listes.iter().map(Nommes::de).collect::<PolarsResult<_>>()?;
        let mut dits = self.reunies(listes, &nommes);
        dits.extend(self.agrandies(listes, &nommes));
        dits.extend(self.oubliees(listes, &nommes)?);
        dits.extend(self.contredites(listes, &nommes));
        dits.extend(self.jamais_nommees(listes, &nommes));
        dits.extend(self.douteuses(listes, &nommes)?);
        Ok(dits)
    }

    /// Communes of which the list names nobody, where the Caf counts several childminders at work that year.
    fn contredites(&self, listes: &mut [Liste], nommes: &[Nommes]) -> Dits {
        let mut dits = Vec::new();
        let annees: BTreeSet<i32> = listes.iter().map(Liste::annee).collect();
        for annee in annees {
            let vides = self.vides(annee, listes, nommes);
            // Those that lack a row are told by [`Self::douteuses`].
            let contredites: Vec<(&Membre, f64)> = vides
                .into_iter()
                .filter(|membre| !self.en_perd(annee, membre.code))
                .filter_map(|membre| Some((membre, *self.actifs.get(&(annee, membre.code))?)))
                .collect();
            let communes = contredites.iter().map(|(membre, actifs)| {
                format!("{} ({actifs} assistants maternels en activité, d’après la Caf)", membre.nom)
            });
            let codes: Vec<String> = contredites.iter().map(|(m, _)| format!("\"{}\"", m.code)).collect();
            let detail = format!(
                "en {annee}, la liste ne nomme personne dans {} : pas de chiffre cette année-là, ce n’est sans doute pas zéro (s’il n’y a vraiment personne, sous cette source : personne_dans = [{}])",
                citer(communes.collect()),
                codes.join(", ")
            );
            let tues = contredites.iter().map(|(membre, _)| membre.code.to_string()).collect();
            dits.extend(self.taire_l_annee(annee, listes, nommes, (&tues, &detail)));
        }
        dits
    }

    /// The communes of which no list of any year names anybody: all of them where there is one list that names less than
    /// half of the communes, for nothing tells it from that of a part of the territory; else the larger ones, where somebody
    /// is likely.
    fn jamais_nommees(&self, listes: &mut [Liste], nommes: &[Nommes]) -> Dits {
        let connues: BTreeSet<&str> =
            nommes.iter().flat_map(|nommes| nommes.effectifs.keys()).map(String::as_str).collect();
        let annees: BTreeSet<i32> = listes.iter().map(Liste::annee).collect();
        let mut dits = Vec::new();
        let seule = annees.len() == 1;
        for annee in annees.into_iter().filter(|_| !connues.is_empty()) {
            let Some(fin) = fin_de(annee) else { continue };
            let communes = self.perimetre.membres_le(fin).count();
            let vides = self.vides(annee, listes, nommes);
            let inconnues: Vec<&Membre> =
                vides.into_iter().filter(|membre| !connues.contains(membre.code.as_str())).collect();
            let courte = seule && inconnues.len() * 2 > communes;
            let peuplee = |membre: &&Membre| membre.population.is_some_and(|n| n >= PEUPLEE);
            let nombre = communes - inconnues.len();
            let tues: Vec<&Membre> = inconnues
                .into_iter()
                .filter(|membre| (courte || peuplee(membre)) && !self.en_perd(annee, membre.code))
                .collect();
            let codes: Vec<String> = tues.iter().map(|membre| format!("\"{}\"", membre.code)).collect();
            let pourquoi = if courte {
                format!(
                    "les listes ne nomment que {nombre} commune(s) sur {communes} : c’est peut-être celle d’une partie du territoire"
                )
            } else {
                format!("aucune liste n’y nomme personne, ce qui surprend à {PEUPLEE} habitants et plus")
            };
            let detail = format!(
                "en {annee}, la liste ne nomme personne dans {} : pas de chiffre, {pourquoi} (s’il n’y a vraiment personne, sous cette source : personne_dans = [{}])",
                citer(tues.iter().map(|membre| membre.nom.clone()).collect()),
                codes.join(", ")
            );
            let tues = tues.iter().map(|membre| membre.code.to_string()).collect();
            dits.extend(self.taire_l_annee(annee, listes, nommes, (&tues, &detail)));
        }
        dits
    }

    /// Communes of which somebody stands on a row that is counted nowhere: where that is one row in [`UNE_SUR_VINGT`] or
    /// more, what the list counts is an estimate; where it counts nobody, nothing is known. So is every commune of a list
    /// many of whose rows name none, or what no commune is called. A few of the latter may be of elsewhere; where no other
    /// list tells, they may as well be of a commune of which this one names nobody.
    fn douteuses(&self, listes: &mut [Liste], nommes: &[Nommes]) -> PolarsResult<Dits> {
        let mut dits = Vec::new();
        for (annee, perdues) in Perdues::chercher(listes)? {
            let mut effectifs = Effectifs::new();
            for (_, nommes) in listes.iter().zip(nommes).filter(|(liste, _)| liste.annee() == annee) {
                ajouter(&mut effectifs, &nommes.effectifs);
            }
            let personnes: u32 = effectifs.values().sum();
            // More of them than are counted: the list is that of a larger territory, whose communes are not all known.
            let inconnues = Some(perdues.commune_inconnue).filter(|n| *n <= personnes).unwrap_or_default();
            let nulle_part = perdues.sans_commune + inconnues;
            let partout = nulle_part > 0 && nulle_part * UNE_SUR >= personnes;
            // With others to hold it against, [`Self::oubliees`] tells.
            let seule = listes.iter().all(|liste| liste.annee() == annee);
            let touchee =
                |code: &str| partout || perdues.communes.contains_key(code) || inconnues > 0 && seule;
            let douteuse = |code: &String, comptees: u32| {
                partout || perdues.communes.get(code).is_some_and(|n| n * UNE_SUR_VINGT >= comptees)
            };
            let vides = self.vides(annee, listes, nommes);
            let vides: Vec<&Membre> = vides.into_iter().filter(|m| touchee(m.code.as_str())).collect();
            let doutes: BTreeSet<String> =
                effectifs.into_iter().filter(|(code, n)| douteuse(code, *n)).map(|(code, _)| code).collect();
            for liste in listes.iter_mut().filter(|liste| liste.annee() == annee) {
                *liste = liste.clone().doutant(doutes.clone());
            }
            let detail = format!(
                "en {annee}, la liste ne compte personne dans {}, mais des lignes qui n’ont pas pu être comptées en sont peut-être : pas de chiffre cette année-là",
                citer(vides.iter().map(|m| m.nom.clone()).collect())
            );
            let tues = vides.iter().map(|m| m.code.to_string()).collect();
            dits.extend(self.taire_l_annee(annee, listes, nommes, (&tues, &detail)));
        }
        Ok(dits)
    }

    /// The communes of which the lists of a year speak and count nobody, unless the relais says that nobody is there.
    fn vides(&self, annee: i32, listes: &[Liste], nommes: &[Nommes]) -> Vec<&'a Membre> {
        let Some(fin) = fin_de(annee) else { return Vec::new() };
        let de_l_annee = || listes.iter().zip(nommes).filter(|(liste, _)| liste.annee() == annee);
        let confirmee = |membre: &Membre| {
            let commune = BTreeSet::from([membre.code]);
            !self.en_perd(annee, membre.code) && de_l_annee().any(|(_, n)| self.est_confirmee(n, &commune))
        };
        let vide = |membre: &&Membre| {
            let code = membre.code.as_str();
            de_l_annee().all(|(_, nommes)| !nommes.effectifs.contains_key(code))
                && de_l_annee().any(|(liste, _)| liste.parle_de(code))
                && !confirmee(membre)
        };
        self.perimetre.membres_le(fin).filter(vide).collect()
    }

    /// Makes the lists of a year silent on communes, and tells it once.
    fn taire_l_annee(
        &self,
        annee: i32,
        listes: &mut [Liste],
        nommes: &[Nommes],
        (tues, detail): (&BTreeSet<String>, &str),
    ) -> Option<(String, Probleme)> {
        if tues.is_empty() {
            return None;
        }
        let mut siennes = listes.iter_mut().zip(nommes).filter(|(liste, _)| liste.annee() == annee);
        let dites = siennes.by_ref().map(|(liste, nommes)| {
            self.taire(liste, tues);
            nommes.dire(Motif::CommunesDisparues, detail.to_owned())
        });
        dites.fold(None, Option::or)
    }

    /// Communes that were one in the year of a list and that are several today: it does not tell the part of each, unless
    /// it names people in each.
    fn reunies(&self, listes: &mut [Liste], nommes: &[Nommes]) -> Dits {
        let mut dits = Vec::new();
        for (liste, nommes) in listes.iter_mut().zip(nommes) {
            let Some(jour) = fin_de(liste.annee()) else { continue };
            let est_la = |code: &CodeCommune| nommes.effectifs.contains_key(code.as_str());
            let mut tues = BTreeSet::new();
            for membre in self.perimetre.membres_le(jour).filter(|m| est_la(&m.code)) {
                let autres = self.rapprocheur.scindee_apres(membre.code, jour);
                if autres.is_empty() || autres.iter().any(est_la) {
                    continue;
                }
                let noms: Vec<String> = autres.iter().map(|autre| self.rapprocheur.nommer(*autre)).collect();
                let detail = format!(
                    "{}, {} : les personnes de la liste sont aussi celles de {}",
                    self.rapprocheur.nommer(membre.code),
                    liste.annee(),
                    noms.join(", ")
                );
                dits.extend(nommes.dire(Motif::CommuneScindee, detail));
                tues.extend(autres.iter().chain([&membre.code]).map(CodeCommune::to_string));
            }
            self.taire(liste, &tues);
        }
        dits
    }

    /// Communes that others became a part of between two lists, and that have then more people more than a MAM has: those
    /// others were of elsewhere, and the lists before tell of a part of the commune. (Where they were of the territory, their
    /// people are counted in it from the first list on.)
    fn agrandies(&self, listes: &mut [Liste], nommes: &[Nommes]) -> Dits {
        let mut annees: BTreeMap<i32, Effectifs> = BTreeMap::new();
        for (liste, nommes) in listes.iter().zip(nommes) {
            ajouter(annees.entry(liste.annee()).or_default(), &nommes.effectifs);
        }
        let mut dits = Vec::new();
        for ((avant, d_avant), (apres, d_apres)) in annees.iter().zip(annees.iter().skip(1)) {
            let Some((veille, fin)) = fin_de(*avant).zip(fin_de(*apres)) else { continue };
            for membre in self.perimetre.membres_le(fin) {
                let nombre = |annee: &Effectifs| annee.get(membre.code.as_str()).copied().unwrap_or_default();
                let (peu, beaucoup) = (nombre(d_avant), nombre(d_apres));
                if beaucoup <= peu + UNE_MAM {
                    continue;
                }
                let entrees = self.rapprocheur.entrees_dans(membre.code, veille, fin);
                if entrees.is_empty() {
                    continue;
                }
                let tues = BTreeSet::from([membre.code.to_string()]);
                for (liste, nommes) in listes.iter_mut().zip(nommes) {
                    if liste.annee() > *avant || self.est_confirmee(nommes, &entrees) {
                        continue;
                    }
                    let noms: Vec<String> =
                        entrees.iter().map(|code| self.rapprocheur.nommer(*code)).collect();
                    let codes: Vec<String> = entrees.iter().map(|code| format!("\"{code}\"")).collect();
                    let detail = format!(
                        "{} a {peu} personnes en {avant} et {beaucoup} en {apres}, depuis qu’elle comprend {} : pas de chiffre en {} (si la liste d’alors en parlait, sous cette source : personne_dans = [{}])",
                        self.rapprocheur.nommer(membre.code),
                        noms.join(", "),
                        liste.annee(),
                        codes.join(", ")
                    );
                    dits.extend(nommes.dire(Motif::CommuneAgrandie, detail));
                    self.taire(liste, &tues);
                }
            }
        }
        dits
    }

    /// True if a row of the lists of a year that could not be counted is of the commune, or may be: nobody can say that
    /// nobody is there.
    fn en_perd(&self, annee: i32, commune: CodeCommune) -> bool {
        self.perdues.get(&annee).is_some_and(|communes| communes.contains(&commune))
    }

    fn est_confirmee(&self, nommes: &Nommes, communes: &BTreeSet<CodeCommune>) -> bool {
        let confirmees = nommes.sources.iter().filter_map(|source| self.confirmes.get(source.as_str()));
        confirmees.flat_map(|codes| codes.iter()).any(|code| communes.contains(code))
    }

    /// Communes of which the list of a year names nobody, where the last list that speaks of them named several (for the
    /// first list, the next one): told. Where they are a quarter of the communes and a fifth of the people, or a tenth of them, several of each, the list is
    /// that of a part of the territory. Where more people are gone than a MAM has, or where one of them stands on a row
    /// that could not be placed, nothing is known of the commune.
    fn oubliees(&self, listes: &mut [Liste], nommes: &[Nommes]) -> PolarsResult<Dits> {
        let mut annees: BTreeMap<i32, Annee> = BTreeMap::new();
        for (liste, nommes) in listes.iter().zip(nommes) {
            let annee = annees.entry(liste.annee()).or_default();
            annee.complete &= liste.est_complete();
            let confirmes = nommes.sources.iter().filter_map(|source| self.confirmes.get(source.as_str()));
            let quand = liste.annee();
            annee.confirmes.extend(confirmes.copied().flatten().filter(|code| !self.en_perd(quand, **code)));
            ajouter(&mut annee.effectifs, &nommes.effectifs);
        }
        let completes: Vec<i32> =
            annees.iter().filter(|(_, a)| a.complete).map(|(annee, _)| *annee).collect();
        let Some(premiere) = completes.first().copied() else { return Ok(Vec::new()) };
        // Of each commune, the first list that names it.
        let mut premieres: BTreeMap<&str, (i32, u32)> = BTreeMap::new();
        for (quand, dite) in annees.iter().filter(|(_, annee)| annee.complete) {
            for (code, nombre) in dite.effectifs.iter().filter(|(_, n)| **n > 0) {
                premieres.entry(code).or_insert((*quand, *nombre));
            }
        }
        // Of each commune, the last list that speaks of it.
        let mut connus: BTreeMap<String, (i32, u32)> = BTreeMap::new();
        let mut dits = Vec::new();
        for annee in completes.iter().copied() {
            let Some((ici, fin)) = annees.get(&annee).zip(fin_de(annee)) else { continue };
            if annee == premiere
                && let Some((suivante, apres)) = completes.get(1).and_then(|a| Some((*a, annees.get(a)?)))
            {
                connus = apres.effectifs.iter().map(|(code, n)| (code.clone(), (suivante, *n))).collect();
            }
            // A commune that leaves the territory leaves the list.
            let membre = |code: &str| self.membre(code).filter(|m| m.est_membre_le(fin));
            let de_l_annee = || listes.iter().filter(|liste| liste.annee() == annee);
            let en_parle = |code: &str| de_l_annee().any(|liste| liste.parle_de(code));
            let absentes: Vec<(&Membre, i32, u32)> = connus
                .iter()
                .filter(|(code, (_, n))| *n > 0 && !ici.effectifs.contains_key(*code))
                .filter_map(|(code, (quand, n))| Some((membre(code)?, *quand, *n)))
                .filter(|(membre, ..)| !ici.confirmes.contains(&membre.code))
                .filter(|(membre, ..)| en_parle(membre.code.as_str()))
                .collect();
            // Those that a later list is the first to name, with more people than a MAM brings: this one forgets them too.
            let venues = a_venir(&premieres, annee, &absentes);
            let venues = venues.into_iter().filter_map(|(code, quand, n)| Some((membre(&code)?, quand, n)));
            let venues =
                venues.filter(|(m, ..)| !ici.confirmes.contains(&m.code) && en_parle(m.code.as_str()));
            let absentes: Vec<_> = absentes.into_iter().chain(venues).collect();
            let en_attente = en_attente(listes, annee, &absentes)?;
            let oubli = Oubli::juger(&absentes, ici, &connus);
            let tues: BTreeSet<String> = match oubli {
                Oubli::UnePart => absentes.iter().map(|(m, ..)| m.code.to_string()).collect(),
                Oubli::Communes => absentes
                    .iter()
                    .filter(|(m, _, n)| {
                        *n > UNE_MAM || en_attente.contains(m.code.as_str()) || self.en_perd(annee, m.code)
                    })
                    .map(|(m, ..)| m.code.to_string())
                    .collect(),
            };
            if !ici.effectifs.is_empty() && (sont_plusieurs(&absentes) || !tues.is_empty()) {
                let detail = oubli.dire(annee, &absentes, &tues, |code| self.en_perd(annee, code));
                let siennes = listes.iter_mut().zip(nommes).filter(|(liste, _)| liste.annee() == annee);
                // Told once, where the lists of a year are several.
                let mut dit = None;
                for (liste, nommes) in siennes {
                    dit = dit.or_else(|| nommes.dire(Motif::CommunesDisparues, detail.clone()));
                    match oubli {
                        Oubli::UnePart => *liste = liste.clone().incomplete()?,
                        Oubli::Communes => self.taire(liste, &tues),
                    }
                }
                dits.extend(dit);
            }
            if annee == premiere {
                connus.clear();
            }
            // Who is not named where the list speaks is nobody.
            for (code, connu) in &mut connus {
                if !tues.contains(code) && !ici.effectifs.contains_key(code) {
                    *connu = (annee, 0);
                }
            }
            connus.extend(ici.effectifs.iter().map(|(code, n)| (code.clone(), (annee, *n))));
        }
        Ok(dits)
    }

    fn membre(&self, code: &str) -> Option<&Membre> {
        self.perimetre.membre(code.parse().ok()?)
    }

    fn taire(&self, liste: &mut Liste, tues: &BTreeSet<String>) {
        if !tues.is_empty() {
            let toutes = self.perimetre.membres().iter().map(|m| m.code.as_str());
            *liste = liste.clone().taisant(toutes, tues);
        }
    }
}

/// What the lists of a year name.
struct Annee {
    effectifs: Effectifs,
    complete: bool,
    confirmes: BTreeSet<CodeCommune>,
}

impl Default for Annee {
    fn default() -> Self {
        Self { effectifs: Effectifs::new(), complete: true, confirmes: BTreeSet::new() }
    }
}

/// What a list that forgets communes is.
#[derive(Clone, Copy)]
enum Oubli {
    /// That of a part of the territory.
    UnePart,
    /// One that lacks some communes at most.
    Communes,
}

impl Oubli {
    fn juger(absentes: &[(&Membre, i32, u32)], ici: &Annee, connus: &BTreeMap<String, (i32, u32)>) -> Self {
        let (communes, toutes) =
            connus.values().filter(|(_, n)| *n > 0).fold((0, 0), |(c, p), (_, n)| (c + 1, p + n));
        // The last childminder of many a village leaves in one year; three of each do not.
        let partis = compter_les_personnes(absentes);
        let une_part = sont_plusieurs(absentes)
            && absentes.len() * 4 >= communes
            && (partis * 5 >= toutes || partis * 10 >= toutes && partis as usize >= 3 * absentes.len());
        if une_part && !ici.effectifs.is_empty() { Self::UnePart } else { Self::Communes }
    }

    fn dire(
        self,
        annee: i32,
        absentes: &[(&Membre, i32, u32)],
        tues: &BTreeSet<String>,
        en_perd: impl Fn(CodeCommune) -> bool,
    ) -> String {
        let nommer = |tue: bool| -> Vec<String> {
            let siennes = absentes.iter().filter(|(m, ..)| tues.contains(m.code.as_str()) == tue);
            siennes
                .map(|(m, quand, n)| {
                    let personnes = if *n == 1 { "personne" } else { "personnes" };
                    format!("{} ({n} {personnes} en {quand})", m.nom)
                })
                .collect()
        };
        let debut = format!("en {annee}, la liste ne nomme personne dans ");
        let confirmer = || {
            let tues = || absentes.iter().map(|(m, ..)| m).filter(|m| tues.contains(m.code.as_str()));
            let codes: Vec<String> =
                tues().filter(|m| !en_perd(m.code)).map(|m| format!("\"{}\"", m.code)).collect();
            let perdues: Vec<String> = tues().filter(|m| en_perd(m.code)).map(|m| m.nom.clone()).collect();
            let confirmer = Some(codes.join(", ")).filter(|codes| !codes.is_empty()).map(|codes| {
                format!("s’il n’y a vraiment personne, sous cette source : personne_dans = [{codes}]")
            });
            let perdues = Some(citer(perdues)).filter(|noms| !noms.is_empty()).map(|noms| {
                format!("des lignes qui n’ont pas pu être comptées sont peut-être de {noms} : corrigez-les d’abord")
            });
            format!("({})", perdues.into_iter().chain(confirmer).collect::<Vec<_>>().join(" ; "))
        };
        match self {
            Self::UnePart => format!(
                "{debut}{} : elle est tenue pour celle d’une partie du territoire, et ces communes n’ont pas de chiffre cette année-là {}",
                nommer(true).join(", "),
                confirmer()
            ),
            Self::Communes => {
                let tue = Some(nommer(true)).filter(|noms| !noms.is_empty()).map(|noms| {
                    format!(
                        "{debut}{} : pas de chiffre cette année-là, ce n’est sans doute pas zéro {}",
                        noms.join(", "),
                        confirmer()
                    )
                });
                let zero = Some(nommer(false)).filter(|noms| !noms.is_empty()).map(|noms| {
                    // In a département the last childminder leaves many villages each year: their figures tell all of them.
                    format!("{debut}{} : compté sans assistant maternel", citer(noms))
                });
                tue.into_iter().chain(zero).collect::<Vec<_>>().join(" ; ")
            }
        }
    }
}

/// The communes that no list names up to a year, and of which the first that does names, later, more people than a MAM has:
/// code, year and number.
fn a_venir(
    premieres: &BTreeMap<&str, (i32, u32)>,
    annee: i32,
    absentes: &[(&Membre, i32, u32)],
) -> Vec<(String, i32, u32)> {
    let nouvelle = |code: &str| absentes.iter().all(|(m, ..)| m.code.as_str() != code);
    let venues =
        premieres.iter().filter(|(code, (quand, n))| *quand > annee && *n > UNE_MAM && nouvelle(code));
    venues.map(|(code, (quand, n))| ((*code).to_owned(), *quand, *n)).collect()
}

/// The communes, among those that the list of a year does not name, of which somebody stands there on a row that could
/// not be placed.
fn en_attente(
    listes: &[Liste],
    annee: i32,
    absentes: &[(&Membre, i32, u32)],
) -> PolarsResult<BTreeSet<String>> {
    let mut noms: BTreeSet<u64> = BTreeSet::new();
    for liste in listes.iter().filter(|liste| liste.annee() == annee && !absentes.is_empty()) {
        noms.extend(liste.non_places().column("nom")?.u64()?.iter().flatten());
    }
    let mut codes = BTreeSet::new();
    if noms.is_empty() {
        return Ok(codes);
    }
    for liste in listes {
        let ici: BTreeSet<&str> = absentes
            .iter()
            .filter(|(_, quand, _)| *quand == liste.annee())
            .map(|(m, ..)| m.code.as_str())
            .collect();
        if ici.is_empty() {
            continue;
        }
        let (lus, personnes) = (liste.trame().column("code")?.str()?, liste.trame().column("nom")?.u64()?);
        let lus = lus.iter().zip(personnes.iter()).filter_map(|(code, nom)| code.zip(nom));
        codes.extend(
            lus.filter(|(code, nom)| ici.contains(code) && noms.contains(nom)).map(|l| l.0.to_owned()),
        );
    }
    Ok(codes)
}

/// The first names, and how many others there are.
fn citer(mut noms: Vec<String>) -> String {
    let suite = match noms.len().saturating_sub(CITEES) {
        0 => String::new(),
        1 => " et 1 autre".to_owned(),
        n => format!(" et {n} autres"),
    };
    noms.truncate(CITEES);
    noms.join(", ") + &suite
}

fn fin_de(annee: i32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(annee, 12, 31)
}

fn compter_les_personnes(absentes: &[(&Membre, i32, u32)]) -> u32 {
    absentes.iter().map(|(.., n)| n).sum()
}

/// True for so many communes and people as do not go by themselves: see [`DISPARUES`].
fn sont_plusieurs(absentes: &[(&Membre, i32, u32)]) -> bool {
    absentes.len() >= DISPARUES.0 && compter_les_personnes(absentes) >= DISPARUES.1
}

fn ajouter(somme: &mut Effectifs, effectifs: &Effectifs) {
    for (code, nombre) in effectifs {
        match somme.get_mut(code) {
            Some(somme) => *somme += nombre,
            None => {
                somme.insert(code.clone(), *nombre);
            }
        }
    }
}

impl Nommes {
    fn de(liste: &Liste) -> PolarsResult<Self> {
        let trame = liste.trame();
        let par_commune =
            trame.clone().lazy().group_by([col("code")]).agg([len().alias("nombre")]).collect()?;
        let (codes, nombres) = (par_commune.column("code")?.str()?, par_commune.column("nombre")?.u32()?);
        let lues = codes.iter().zip(nombres.iter()).filter_map(|(code, n)| Some((code?.to_owned(), n?)));
        let sources = trame.column("source")?.str()?.unique()?;
        Ok(Self { effectifs: lues.collect(), sources: sources.iter().flatten().map(str::to_owned).collect() })
    }

    /// Told to the source of the list; nothing of a list without anybody.
    fn dire(&self, motif: Motif, detail: String) -> Option<(String, Probleme)> {
        let source = self.sources.first()?;
        Some((source.clone(), Probleme::new(motif, Lieu::default(), detail)))
    }
}
