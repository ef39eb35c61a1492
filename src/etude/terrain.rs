//! What is known around a project, for one audience: read from the disclosed table and from nothing else of
//! persons.

use crate::indicators::accessibilite::Trajet;
use crate::indicators::{Figure, Niveau, Parametres, Statut, TableIndicateurs};
use crate::tables::Trajets;
use crate::territory::{CodeCommune, Geographie, Membre, Perimetre};
use chrono::{Datelike, NaiveDate};
use geo::Point;
use polars::prelude::*;
use std::collections::BTreeMap;

/// A number and what it is worth: a figure of the table, or what is made of several.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chiffre {
    /// None unless the status is known.
    pub valeur: Option<f64>,
    /// What it is worth.
    pub statut: Statut,
    /// Parts that are known.
    pub connues: u32,
    /// Parts that there ought to be.
    pub attendues: u32,
}

impl Chiffre {
    /// What no source gives.
    pub const ABSENT: Self = Self { valeur: None, statut: Statut::NonDisponible, connues: 0, attendues: 1 };

    /// A value, and what it is worth.
    pub fn new(valeur: f64, statut: Statut) -> Self {
        Self { valeur: Some(valeur), statut, connues: 1, attendues: 1 }
    }

    /// A value that may not exist, and what it is worth when it does.
    pub fn peut_etre(valeur: Option<f64>, statut: Statut) -> Self {
        valeur.map_or(Self { statut: statut.max(Statut::NonDisponible), ..Self::ABSENT }, |v| {
            Self::new(v, statut)
        })
    }

    fn de(figure: Option<Figure>) -> Self {
        let Some(figure) = figure else { return Self::ABSENT };
        let valeur = figure.valeur.filter(|_| figure.statut.est_connu());
        Self { valeur, statut: figure.statut, ..Self::ABSENT }
            .comptant(figure.parties, figure.parties_attendues)
    }

    fn comptant(self, connues: u32, attendues: u32) -> Self {
        Self { connues, attendues, ..self }
    }

    /// The value, if the status says that it is one.
    pub fn connu(self) -> Option<f64> {
        self.valeur.filter(|_| self.statut.est_connu())
    }

    /// True if it is known, but not of all its parts.
    pub fn est_partiel(self) -> bool {
        self.connu().is_some() && self.connues < self.attendues
    }

    /// The same with another value, if there is one.
    #[must_use]
    pub fn valant(self, change: impl FnOnce(f64) -> f64) -> Self {
        Self { valeur: self.valeur.map(change), ..self }
    }

    /// The same with a change, where it is known of how much.
    #[must_use]
    pub fn changeant_de(self, ecart: Option<f64>) -> Self {
        match (self.connu(), ecart) {
            (Some(_), None) => Self::ABSENT,
            (_, ecart) => self.valant(|v| v + ecart.unwrap_or_default()),
        }
    }

    /// The sum of parts. Where one is withheld by us, the sum is: shown beside others it could give the part
    /// away. Where one is not known, or withheld by its source, the sum is of the others, and says of how many.
    pub fn somme(parties: impl IntoIterator<Item = Self>) -> Self {
        let (mut total, mut statut, mut manque) = (0.0, None, Statut::NonDisponible);
        let (mut connues, mut attendues) = (0, 0);
        for partie in parties {
            attendues += 1;
            match partie.connu() {
                Some(valeur) => {
                    total += valeur;
                    connues += 1;
                    statut = statut.max(Some(partie.statut));
                }
                None => manque = manque.max(partie.statut),
            }
        }
        match statut.filter(|_| manque != Statut::Secret) {
            Some(statut) => Self::new(total, statut).comptant(connues, attendues),
            None => Self { statut: manque, ..Self::ABSENT }.comptant(connues, attendues),
        }
    }

    /// The other, if this one is known.
    #[must_use]
    pub fn et(self, autre: Self) -> Self {
        if self.connu().is_some() { autre } else { self }
    }

    /// `facteur` × a sum over another, of the parts of which both terms are known: the ratio says of how many. Where one
    /// term is withheld by us, the ratio is, as [`Self::somme`].
    pub fn rapport(termes: impl IntoIterator<Item = (Self, Self)>, facteur: f64) -> Self {
        let termes = termes.into_iter().map(|(haut, bas)| match (haut.connu(), bas.connu()) {
            (Some(_), Some(_)) => (haut, bas),
            (None, _) => (haut, Self { statut: haut.statut, ..Self::ABSENT }),
            (_, None) => (Self { statut: bas.statut, ..Self::ABSENT }, bas),
        });
        let (hauts, bas): (Vec<Self>, Vec<Self>) = termes.unzip();
        let [haut, bas] = [hauts, bas].map(Self::somme);
        haut.sur(bas, facteur).comptant(haut.connues, haut.attendues)
    }

    /// `facteur` × this over another; unknown if one of them is, or if there is nothing to divide by.
    #[must_use]
    pub fn sur(self, autre: Self, facteur: f64) -> Self {
        match self.connu().zip(autre.connu()) {
            Some((haut, bas)) if bas > 0.0 => Self::new(facteur * haut / bas, self.statut.max(autre.statut)),
            Some(_) => Self { statut: Statut::SansObjet, ..Self::ABSENT },
            None => {
                let inconnu =
                    [self, autre].into_iter().filter(|c| c.connu().is_none()).map(|c| c.statut).max();
                Self { statut: inconnu.unwrap_or(Statut::NonDisponible), ..Self::ABSENT }
            }
        }
    }
}

/// One commune of the territory, as the audience may see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Commune {
    /// Its code.
    pub code: CodeCommune,
    /// Its name, with the apostrophe of print.
    pub nom: String,
    /// Its reference point; none without contour.
    pub centre: Option<Point<f64>>,
    /// Children under three.
    pub enfants: Chiffre,
    /// The same; where they are not shown, the births of three years, which are public.
    pub enfants_du_calcul: Chiffre,
    /// Children under three whose parents all work.
    pub parents_actifs: Chiffre,
    /// Births of the last three years that are known, added up; none where it was no member in one of them.
    pub naissances: Chiffre,
    /// Births of the three years before.
    pub naissances_avant: Chiffre,
    /// Childminders.
    pub am: Chiffre,
    /// Their places.
    pub places_am: Chiffre,
    /// Places of establishments.
    pub places_eaje: Chiffre,
    /// Places of every mode.
    pub places: Chiffre,
    /// Places less need.
    pub solde: Chiffre,
    /// As the table has it.
    pub accessibilite: Chiffre,
    /// Childminders of 55 and over.
    pub am_55_plus: Chiffre,
    /// Childminders at the age of retirement within five years.
    pub departs_5_ans: Chiffre,
    /// Free places that they declare.
    pub places_libres: Chiffre,
}

/// What a study reads.
#[derive(Debug, Clone, Copy)]
pub struct Donnees<'a> {
    /// The indicator table, already disclosed for the audience.
    pub table: &'a TableIndicateurs,
    /// Who belongs to the territory.
    pub perimetre: &'a Perimetre,
    /// Reference points.
    pub geographie: &'a Geographie,
    /// Travel times between communes.
    pub trajets: Option<&'a Trajets>,
    /// What the territory chose.
    pub parametres: &'a Parametres,
    /// Observation day.
    pub date: NaiveDate,
}

/// The territory of a study.
#[derive(Debug, Clone)]
pub struct Terrain<'a> {
    /// Where it was read.
    pub donnees: Donnees<'a>,
    /// The members on the observation day, by code.
    pub communes: Vec<Commune>,
    /// By rank: true if it is known where the commune is.
    pub situees: Vec<bool>,
    /// Travel times between ranks.
    pub trajets: Vec<Trajet>,
}

impl<'a> Terrain<'a> {
    /// Reads what the audience may see.
    ///
    /// # Errors
    /// Only if the table of travel times has not its columns.
    pub fn lire(donnees: Donnees<'a>) -> PolarsResult<Self> {
        let membres: Vec<&Membre> = donnees.perimetre.membres_le(donnees.date).collect();
        let naissances = dernieres_naissances(donnees);
        let communes: Vec<Commune> =
            membres.iter().map(|membre| commune(donnees, membre, naissances)).collect();
        let trajets = donnees.trajets.map_or(Ok(Vec::new()), |t| lire_les_trajets(t, &communes))?;
        let situee = |(rang, commune): (usize, &Commune)| {
            commune.centre.is_some() || trajets.iter().any(|t| t.de == rang || t.vers == rang)
        };
        let situees = communes.iter().enumerate().map(situee).collect();
        Ok(Self { donnees, communes, situees, trajets })
    }

    /// The year of the report.
    pub fn annee(&self) -> i32 {
        self.donnees.date.year()
    }

    /// The rank of a commune.
    pub fn rang(&self, code: CodeCommune) -> Option<usize> {
        self.communes.iter().position(|c| c.code == code)
    }

    /// The reference points, by rank.
    pub fn centres(&self) -> Vec<Option<Point<f64>>> {
        self.communes.iter().map(|c| c.centre).collect()
    }

    /// The last known figure of the territory, of the year of the report or of the three before.
    pub fn derniere(&self, id: &str, modalite: &str) -> Option<(i32, Chiffre)> {
        let annees = (self.annee() - 3..=self.annee()).rev();
        annees.map(|a| (a, self.ensemble(id, modalite, a))).find(|(_, c)| c.connu().is_some())
    }

    /// The numerator of a rate of the whole territory.
    pub fn numerateur(&self, id: &str) -> Chiffre {
        let Donnees { table, perimetre, .. } = self.donnees;
        numerateur(table, (Niveau::Territoire, &perimetre.code), id, self.annee())
    }

    /// True if the figure of the territory is known to count a commune: it counts all of them, or that number is known; of
    /// one that is withheld, only where the figure counts as many communes as are known or withheld by us.
    pub fn compte(&self, rang: usize, id: &str, lire: impl Fn(&Commune) -> Chiffre) -> bool {
        let ensemble = self.ensemble(id, "", self.annee());
        let peut_compter = |commune: &Commune| {
            let chiffre = lire(commune);
            chiffre.connu().is_some() || chiffre.statut == Statut::Secret
        };
        let candidates = self.communes.iter().filter(|commune| peut_compter(commune)).count();
        ensemble.connues >= ensemble.attendues
            || lire(&self.communes[rang]).connu().is_some()
            || peut_compter(&self.communes[rang]) && candidates == ensemble.connues as usize
    }

    /// A figure of the territory.
    pub fn ensemble(&self, id: &str, modalite: &str, annee: i32) -> Chiffre {
        let code = &self.donnees.perimetre.code;
        Chiffre::de(self.donnees.table.figure(Niveau::Territoire, code, id, modalite, annee))
    }
}

/// The last year whose births are known, of all communes if one is: those of the year of the report may not be published
/// yet. The same for every commune, or sums would add up births of other years.
fn dernieres_naissances(donnees: Donnees<'_>) -> i32 {
    let annee = donnees.date.year();
    let code = &donnees.perimetre.code;
    let en =
        |annee: i32| Chiffre::de(donnees.table.figure(Niveau::Territoire, code, "naissances", "", annee));
    let connues = (annee - 2..=annee).rev().filter(|a| en(*a).connu().is_some());
    connues.clone().find(|a| !en(*a).est_partiel()).or(connues.max()).unwrap_or(annee)
}

fn commune(donnees: Donnees<'_>, membre: &Membre, naissances: i32) -> Commune {
    let annee = donnees.date.year();
    let en = |id: &str, annee: i32| {
        Chiffre::de(donnees.table.figure(Niveau::Commune, membre.code.as_str(), id, "", annee))
    };
    let lire = |id: &str| en(id, annee);
    let trois_ans = |fin: i32| {
        let somme = Chiffre::somme((fin - 2..=fin).map(|a| en("naissances", a)));
        if somme.est_partiel() { Chiffre::ABSENT } else { Chiffre { connues: 1, attendues: 1, ..somme } }
    };
    let enfants = lire("enfants_0_2");
    let enfants_du_calcul = match enfants.connu() {
        Some(_) => enfants,
        None => trois_ans(annee).connu().map_or(enfants, |n| Chiffre::new(n, Statut::Estime)),
    };
    Commune {
        code: membre.code,
        nom: membre.nom.replace('\'', "’"),
        centre: donnees.geographie.commune(membre.code).map(|c| c.centre),
        enfants,
        enfants_du_calcul,
        parents_actifs: lire("enfants_0_2_parents_actifs"),
        naissances: trois_ans(naissances),
        naissances_avant: trois_ans(naissances - 3),
        am: lire("am_agrees"),
        places_am: lire("am_places"),
        places_eaje: lire("eaje_places"),
        places: lire("places_total"),
        solde: lire("solde_places"),
        accessibilite: lire("accessibilite"),
        am_55_plus: numerateur(donnees.table, (Niveau::Commune, membre.code.as_str()), "part_55_plus", annee),
        departs_5_ans: lire("departs_5_ans"),
        places_libres: lire("places_libres"),
    }
}

/// The childminders that a rate speaks of: none where there is no childminder, not known where they are there and
/// nothing is known of them.
fn numerateur(table: &TableIndicateurs, (niveau, code): (Niveau, &str), id: &str, annee: i32) -> Chiffre {
    let Some(figure) = table.figure(niveau, code, id, "", annee) else { return Chiffre::ABSENT };
    if figure.statut == Statut::SansObjet {
        let am = Chiffre::de(table.figure(niveau, code, "am_agrees", "", annee));
        return if am.connu() == Some(0.0) { Chiffre::new(0.0, Statut::Observe) } else { Chiffre::ABSENT };
    }
    Chiffre::de(Some(Figure { valeur: figure.numerateur, ..figure }))
}

fn lire_les_trajets(trajets: &Trajets, communes: &[Commune]) -> PolarsResult<Vec<Trajet>> {
    let rangs: BTreeMap<&str, usize> = communes.iter().zip(0..).map(|(c, r)| (c.code.as_str(), r)).collect();
    let trame = trajets.trame();
    let (de, vers) = (trame.column("de")?.str()?, trame.column("vers")?.str()?);
    let minutes = trame.column("minutes")?.f64()?;
    let lire = |ligne: usize| {
        let rang = |codes: &StringChunked| rangs.get(codes.get(ligne)?).copied();
        Some(Trajet { de: rang(de)?, vers: rang(vers)?, minutes: minutes.get(ligne)? })
    };
    Ok((0..trame.height()).filter_map(lire).collect())
}
