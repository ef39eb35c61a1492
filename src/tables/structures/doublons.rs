//! One structure is one structure, on two rows of a census or on two censuses of one year.

use super::{SANS_NOM, Structure, Structures, est_ouverte};
use crate::quality::{Bilan, Lieu, Motif, Probleme};
use crate::sources::disposition::Tableau;
use crate::sources::valeurs::{TypeStructure, replier};
use crate::tables::recoupement::{Departages, Recoupement, Recueil, recouper};
use crate::tables::{du_jour, en_jours};
use chrono::{Datelike, NaiveDate};
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Rows of one structure count once, and are told; a date that one of them leaves out is that of the other. Where they do
/// not give the same places, the greatest number is kept, as of rows that are of hours of the day; they may as well be of
/// sections that add up, so that the communes of which that is so are given too. The stops of one that travels are no
/// doubles, nor are five micro-crèches of one name in one town, each at its address.
///
/// At one address, two rows open on the day of the census under two opening dates are one structure that has grown, or
/// shrunk: the places are those of the later row.
pub(super) fn une_fois(
    lues: Vec<Structure>,
    jour: NaiveDate,
    tableau: &Tableau,
    bilan: &mut Bilan,
) -> (Vec<Structure>, BTreeSet<String>) {
    type Nature = (TypeStructure, String);
    type Place = (String, Option<String>, Option<[u64; 2]>);
    let mut connues: BTreeMap<(Nature, Place), Vec<usize>> = BTreeMap::new();
    let mut gardees: Vec<Structure> = Vec::with_capacity(lues.len());
    let mut indecises = BTreeSet::new();
    for s in lues {
        if s.arret.is_some() || (s.nom == SANS_NOM && s.adresse.is_none() && s.position.is_none()) {
            gardees.push(s);
            continue;
        }
        let position = s.position.map(|(longitude, latitude)| [longitude.to_bits(), latitude.to_bits()]);
        let place = (s.code.clone(), s.adresse.clone(), position);
        let memes = connues.entry(((s.genre, replier(&s.nom)), place)).or_default();
        let situee = s.adresse.is_some() || s.position.is_some();
        let dit_la_meme_chose = |rang: &&usize| {
            let autre = &gardees[**rang];
            let ensemble = [autre, &s].iter().all(|s| est_ouverte((s.ouverture, s.fermeture), jour));
            sont_compatibles(autre.ouverture, s.ouverture) && sont_compatibles(autre.fermeture, s.fermeture)
                || situee && ensemble
        };
        if let Some(rang) = memes.iter().find(dit_la_meme_chose) {
            let autre = &mut gardees[*rang];
            let lieu = Lieu { ligne: Some(s.ligne), ..tableau.origine.lieu() };
            let contraires = autre.places != s.places;
            let suite = autre.ouverture.zip(s.ouverture).filter(|(une, deux)| une != deux);
            let (places, pourquoi) = if let Some((une, deux)) = suite {
                let (recente, ancienne) =
                    if deux > une { (s.places, autre.places) } else { (autre.places, s.places) };
                (recente.or(ancienne), "celui de la date d’ouverture la plus récente")
            } else {
                if autre.places.zip(s.places).is_some_and(|(une, deux)| une != deux) {
                    indecises.insert(s.code.clone());
                }
                (autre.places.max(s.places), "le plus grand nombre")
            };
            autre.places = places;
            autre.ouverture = suite.map(|(une, deux)| une.min(deux)).or(autre.ouverture).or(s.ouverture);
            autre.fermeture = autre.fermeture.or(s.fermeture);
            let retenues = places.filter(|_| contraires).map_or_else(String::new, |places| {
                format!(", qui ne dit pas les mêmes places : {places}, {pourquoi}, est retenu")
            });
            let detail = format!("même structure que la ligne {}{retenues}", autre.ligne);
            bilan.noter(Probleme::new(Motif::StructureEnDouble, lieu, detail).avec_valeur(&s.nom));
        } else {
            memes.push(gardees.len());
            gardees.push(s);
        }
    }
    (gardees, indecises)
}

/// A structure and its sections, each on a row (« Pirouette », « Pirouette - bébés », « Pirouette - grands »), are one: where
/// the places of the sections add up to those of the whole, their rows are taken out, and told.
pub(super) fn sans_leurs_sections(
    lues: Vec<Structure>,
    tableau: &Tableau,
    bilan: &mut Bilan,
) -> Vec<Structure> {
    let noms: Vec<String> = lues.iter().map(|s| replier(&s.nom)).collect();
    let mut par_lieu: BTreeMap<(TypeStructure, &str), Vec<usize>> = BTreeMap::new();
    for (rang, s) in lues.iter().enumerate().filter(|(_, s)| s.arret.is_none() && s.nom != SANS_NOM) {
        par_lieu.entry((s.genre, &s.code)).or_default().push(rang);
    }
    let mut retirees: BTreeMap<usize, u32> = BTreeMap::new();
    for rangs in par_lieu.values().filter(|rangs| rangs.len() > 2) {
        for tout in rangs {
            let debut = format!("{} ", noms[*tout]);
            let sections: Vec<usize> = rangs
                .iter()
                .copied()
                .filter(|rang| rang != tout && noms[*rang].starts_with(&debut))
                .collect();
            let somme: Option<u32> = sections.iter().map(|rang| lues[*rang].places).sum();
            if sections.len() > 1 && somme.is_some() && somme == lues[*tout].places {
                retirees.extend(sections.into_iter().map(|rang| (rang, lues[*tout].ligne)));
            }
        }
    }
    for (rang, ligne) in &retirees {
        let lieu = Lieu { ligne: Some(lues[*rang].ligne), ..tableau.origine.lieu() };
        let detail = format!("section de la structure de la ligne {ligne}, dont les places la comprennent");
        bilan.noter(Probleme::new(Motif::StructureEnDouble, lieu, detail).avec_valeur(&lues[*rang].nom));
    }
    let gardees = lues.into_iter().enumerate().filter(|(rang, _)| !retirees.contains_key(rang));
    gardees.map(|(_, s)| s).collect()
}

/// The communes of which two rows may be one structure, under two spellings of its name (« Les Lutins », « Multi-accueil
/// Les Lutins »), with the same places and no address that tells them apart: told, and both counted.
pub(super) fn peut_etre_deux_fois(
    structures: &[Structure],
    jour: NaiveDate,
    tableau: &Tableau,
    bilan: &mut Bilan,
) -> BTreeSet<String> {
    let mut vues: BTreeMap<(TypeStructure, &str, String), Vec<&Structure>> = BTreeMap::new();
    let mut douteuses = BTreeSet::new();
    let comptees = structures.iter().filter(|s| {
        let ouverte = est_ouverte((s.ouverture, s.fermeture), jour);
        ouverte && s.genre != TypeStructure::Mam && s.arret.is_none() && s.nom != SANS_NOM
    });
    for s in comptees {
        let memes = vues.entry((s.genre, &s.code, nom_propre(&s.nom))).or_default();
        let semblable = |autre: &&&Structure| {
            let ailleurs = autre.adresse.as_ref().zip(s.adresse.as_ref());
            replier(&autre.nom) != replier(&s.nom)
                && autre.places == s.places
                && s.places.is_some()
                && ailleurs.is_none_or(|(une, deux)| meme_adresse(une, deux))
        };
        if let Some(autre) = memes.iter().find(semblable) {
            let detail = format!(
                "peut-être la structure de la ligne {} : elles comptent toutes les deux, et les chiffres de la commune sont des estimations",
                autre.ligne
            );
            let lieu = Lieu { ligne: Some(s.ligne), ..tableau.origine.lieu() };
            bilan.noter(Probleme::new(Motif::StructuresSemblables, lieu, detail).avec_valeur(&s.nom));
            douteuses.insert(s.code.clone());
        }
        memes.push(s);
    }
    douteuses
}

/// True for one date, or for one that a row leaves out.
fn sont_compatibles(une: Option<NaiveDate>, autre: Option<NaiveDate>) -> bool {
    une.zip(autre).is_none_or(|(une, autre)| une == autre)
}

/// Words that say what a structure is, and not which.
const COMMUNS: [&str; 41] = [
    "a",
    "accueil",
    "assistantes",
    "assistants",
    "asso",
    "association",
    "au",
    "aux",
    "collectif",
    "collective",
    "creche",
    "d",
    "de",
    "des",
    "du",
    "eaje",
    "en",
    "enfance",
    "enfants",
    "et",
    "familiale",
    "garderie",
    "halte",
    "intercommunal",
    "intercommunale",
    "jardin",
    "jeunes",
    "l",
    "la",
    "le",
    "les",
    "maison",
    "mam",
    "maternelles",
    "maternels",
    "micro",
    "multi",
    "multiaccueil",
    "municipal",
    "municipale",
    "structure",
];

/// What is left of a name without the words that say what it is: « Multi-accueil Les P’tits Loups » is « Les petits loups »
/// of another census. A name of such words alone stays whole.
fn nom_propre(nom: &str) -> String {
    let replie = replier(nom).replace("p tit", "petit");
    let lettres = |mot: &str| match mot {
        "st" => "saint".to_owned(),
        "ste" => "sainte".to_owned(),
        "microcreche" => String::new(),
        _ => mot.replace("ptit", "petit"),
    };
    let propres: Vec<String> = replie
        .split(' ')
        .filter(|mot| !COMMUNS.contains(mot))
        .map(lettres)
        .filter(|mot| !mot.is_empty())
        .collect();
    if propres.is_empty() { replie } else { propres.join(" ") }
}

/// True for one address written in two ways: the same numbers, and the longer words of the street of one in the other.
fn meme_adresse(une: &str, autre: &str) -> bool {
    // Neither the kind of way nor the post code tell two streets apart.
    const VOIES: [&str; 9] =
        ["avenue", "place", "route", "chemin", "allee", "impasse", "square", "boulevard", "quartier"];
    let numeros = |texte: &str| -> BTreeSet<String> {
        let chiffres = texte.split(' ').filter(|mot| mot.parse::<u32>().is_ok() && mot.len() < 5);
        chiffres.map(str::to_owned).collect()
    };
    let mots = |texte: &str| -> BTreeSet<String> {
        let longs = texte.split(' ').filter(|mot| mot.len() > 3 && mot.parse::<u32>().is_err());
        longs.filter(|mot| !VOIES.contains(mot)).map(str::to_owned).collect()
    };
    let (ici, la) = (mots(une), mots(autre));
    let nommees = !ici.is_empty() && !la.is_empty();
    une == autre || numeros(une) == numeros(autre) && nommees && (ici.is_subset(&la) || la.is_subset(&ici))
}

/// What names a structure: type, name, commune. A chain may give one to several.
type Nom = (String, String, String);

/// The structures of a census, row by row.
struct Recensees {
    noms: Vec<Nom>,
    adresses: Vec<Option<String>>,
    places: Vec<Option<u32>>,
    codes: Vec<String>,
    par_nom: BTreeMap<Nom, Vec<usize>>,
}

impl Recensees {
    fn new(structures: &Structures) -> PolarsResult<Self> {
        let trame = &structures.trame;
        let textes = |nom: &str| trame.column(nom)?.str().cloned();
        let (types, intitules, communes) = (textes("type")?, textes("nom")?, textes("code")?);
        let texte = |colonne: &StringChunked, ligne| colonne.get(ligne).unwrap_or_default().to_owned();
        let noms: Vec<Nom> = (0..trame.height())
            .map(|ligne| {
                (texte(&types, ligne), nom_propre(&texte(&intitules, ligne)), texte(&communes, ligne))
            })
            .collect();
        let mut par_nom: BTreeMap<Nom, Vec<usize>> = BTreeMap::new();
        for (ligne, nom) in noms.iter().enumerate() {
            par_nom.entry(nom.clone()).or_default().push(ligne);
        }
        let adresse = |ligne| structures.adresses.get(ligne).cloned().flatten();
        Ok(Self {
            adresses: (0..trame.height()).map(adresse).collect(),
            places: trame.column("places")?.u32()?.iter().collect(),
            codes: noms.iter().map(|nom| nom.2.clone()).collect(),
            noms,
            par_nom,
        })
    }

    /// The row of another census that is of the same structure: the same name at the same address; where one of the
    /// two does not tell the address, the first of that name for the first, the second for the second. Without a name,
    /// only the address tells.
    fn semblable(&self, ligne: usize, autre: &Self) -> Option<usize> {
        let nom = &self.noms[ligne];
        let siennes = autre.par_nom.get(nom)?;
        let adresse = self.adresses[ligne].as_ref();
        let a_cette_adresse = |la: &&usize| {
            adresse.zip(autre.adresses[**la].as_ref()).is_some_and(|(ici, la)| meme_adresse(ici, la))
        };
        let la = siennes.iter().find(a_cette_adresse);
        if la.is_some() || nom.1 == nom_propre(SANS_NOM) {
            return la.copied();
        }
        let rang = self.par_nom.get(nom)?.iter().position(|ici| *ici == ligne)?;
        let la = siennes.get(rang)?;
        (adresse.is_none() || autre.adresses[*la].is_none()).then_some(*la)
    }
}

impl Recensees {
    /// True if nothing but the name tells a structure from that one of another census.
    fn ressemble(&self, ligne: usize, autre: &Self, la: usize) -> bool {
        let (ici, nom) = (&self.noms[ligne], &autre.noms[la]);
        let ailleurs = self.adresses[ligne].as_ref().zip(autre.adresses[la].as_ref());
        ici.0 != TypeStructure::Mam.code()
            && (&ici.0, &ici.2) == (&nom.0, &nom.2)
            && self.places[ligne].is_some_and(|places| places > 0)
            && self.places[ligne] == autre.places[la]
            && (ici.1 == nom.1 || ailleurs.is_none_or(|(une, deux)| meme_adresse(une, deux)))
    }
}

/// See [`Structures::departager`].
pub(super) fn departager(parties: Vec<Structures>) -> PolarsResult<Departages<Structures>> {
    let recensees = parties.iter().map(Recensees::new).collect::<PolarsResult<Vec<_>>>()?;
    let recueils =
        parties.iter().zip(&recensees).map(|(p, r)| recueil(p, r)).collect::<PolarsResult<Vec<_>>>()?;
    let mut annees: Vec<i32> = recueils.iter().map(|r| r.jour.year()).collect();
    annees.sort_unstable();
    if annees.windows(2).all(|paire| paire[0] != paire[1]) {
        return Ok((parties, Vec::new()));
    }
    let (restent, trouves) =
        recouper(&recueils, |(partie, ligne), autre| recensees[partie].semblable(ligne, &recensees[autre]));
    let mut dits: Vec<(String, Probleme)> =
        trouves.iter().map(|r| (recueils[r.liste].source.clone(), dire(r, &recueils, &recensees))).collect();
    let semblables = peut_etre_les_memes(&recueils, &recensees, &restent);
    let mut parties = parties;
    for Semblables { liste, autre, codes } in semblables {
        let detail = format!(
            "{} structure(s) de ce fichier ont la commune, le type et le nombre de places d’une autre de « {} », sous un autre nom : elles comptent toutes, et les chiffres de ces communes sont des estimations",
            codes.len(),
            recueils[autre].source
        );
        let probleme = Probleme::new(Motif::StructuresSemblables, Lieu::default(), detail);
        dits.push((recueils[liste].source.clone(), probleme));
        parties[liste].perdues.extend(codes);
    }
    let dernier = |annee: i32| recueils.iter().map(|r| r.jour).filter(|jour| jour.year() == annee).max();
    let parties = parties.into_iter().zip(restent).zip(&recueils).map(|((partie, restent), recueil)| {
        let jour = dernier(recueil.jour.year()).unwrap_or(recueil.jour);
        garder(&partie, &restent, jour)
    });
    Ok((parties.collect::<PolarsResult<_>>()?, dits))
}

/// Structures that two censuses of one year may both count.
struct Semblables {
    liste: usize,
    autre: usize,
    /// The commune of each.
    codes: Vec<String>,
}

/// Among those that stay: in one commune, of one type, of as many places, under two names; not at two addresses.
fn peut_etre_les_memes(
    recueils: &[Recueil],
    recensees: &[Recensees],
    restent: &[Vec<bool>],
) -> Vec<Semblables> {
    let mut trouves = Vec::new();
    for autre in 0..recueils.len() {
        for liste in autre + 1..recueils.len() {
            if recueils[autre].jour.year() != recueils[liste].jour.year() {
                continue;
            }
            let (ici, la) = (&recensees[liste], &recensees[autre]);
            let restantes = |rang: usize| (0..restent[rang].len()).filter(move |ligne| restent[rang][*ligne]);
            let ressemble = |ligne: &usize| restantes(autre).any(|autre| ici.ressemble(*ligne, la, autre));
            let codes: Vec<String> =
                restantes(liste).filter(ressemble).map(|ligne| ici.codes[ligne].clone()).collect();
            if !codes.is_empty() {
                trouves.push(Semblables { liste, autre, codes });
            }
        }
    }
    trouves
}

fn recueil(partie: &Structures, recensees: &Recensees) -> PolarsResult<Recueil> {
    let jour =
        partie.trame.column("date_observation")?.date()?.physical().iter().next().flatten().and_then(du_jour);
    let source = partie.trame.column("source")?.str()?.iter().next().flatten().unwrap_or_default().to_owned();
    Ok(Recueil { source, jour: jour.unwrap_or_default(), codes: recensees.codes.clone() })
}

/// The rows that stay, with their stops, as of that day.
fn garder(partie: &Structures, restent: &[bool], jour: NaiveDate) -> PolarsResult<Structures> {
    let masque: BooleanChunked = restent.iter().map(|reste| Some(*reste)).collect();
    let trame = partie.trame.filter(&masque)?.lazy();
    let jour = lit(en_jours(jour)).cast(DataType::Date).alias("date_observation");
    let trame = trame.with_column(jour).collect()?;
    let cle = [col("source"), col("structure")];
    let arrets = partie.arrets.clone().lazy().join(
        trame.clone().lazy(),
        cle.clone(),
        cle,
        JoinArgs { maintain_order: MaintainOrderJoin::Left, ..JoinArgs::new(JoinType::Semi) },
    );
    let gardees = partie.adresses.iter().zip(restent).filter(|(_, reste)| **reste);
    let adresses = gardees.map(|(adresse, _)| adresse.clone()).collect();
    Ok(Structures { trame, arrets: arrets.collect()?, adresses, ..partie.clone() })
}

fn dire(recoupement: &Recoupement, recueils: &[Recueil], recensees: &[Recensees]) -> Probleme {
    let (liste, gardee) = (&recueils[recoupement.liste], &recueils[recoupement.gardee]);
    let autre = format!("« {} » ({})", gardee.source, gardee.jour.format("%d/%m/%Y"));
    let communes = recoupement.paires.len();
    let detail = if recoupement.remplacee {
        format!(
            "ce recensement du {} est remplacé par {autre}, plus récent, où sont {communes} de ses {} structures : {}",
            liste.jour.format("%d/%m/%Y"),
            recoupement.retirees + recoupement.restantes,
            recoupement.ce_qui_reste()
        )
    } else {
        let (qui, comptee) = if communes == 1 {
            (
                "une structure de ce fichier est".to_owned(),
                "elle est comptée une seule fois, telle que la donne",
            )
        } else {
            (
                format!("{communes} structures de ce fichier sont"),
                "elles sont comptées une seule fois, telles que les donne",
            )
        };
        let contraires = recoupement.paires.iter().filter(|(ici, la)| {
            recensees[recoupement.liste].places[*ici] != recensees[recoupement.gardee].places[*la]
        });
        let contraires = match contraires.count() {
            0 => String::new(),
            1 if communes == 1 => " ; elle n’y a pas le même nombre de places".to_owned(),
            1 => " ; une n’y a pas le même nombre de places".to_owned(),
            n => format!(" ; {n} n’y ont pas le même nombre de places"),
        };
        format!("{qui} aussi dans {autre} : {comptee} « {} »{contraires}", gardee.source)
    };
    let lignes = u32::try_from(recoupement.retirees).unwrap_or(u32::MAX);
    Probleme { lignes, ..Probleme::new(Motif::StructureEnDouble, Lieu::default(), detail) }
}
