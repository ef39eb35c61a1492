//! Who may see what. Suppression is done once, on the indicator table, before any deliverable sees it.
//!
//! Numbers of childminders, of places, of structures, births and published rates are public at every level.
//! All the rest is *sensitive*: ages, activity, acceptances, free places, answers, counts of children. The
//! internal audience sees everything. For the élus and the public, the same rule, because the slides of a
//! commission travel:
//!
//! 1. **Small numbers.** A sensitive count of 1 to 4 persons is withheld, at any level; and with it the rate
//!    of which it is a term. One of 5 or more is shown, at any level.
//! 2. **Zero, and all.** A zero speaks of everybody in its group: of 3 childminders none accepts a handicapped
//!    child. It is withheld when the group has 1 to 4 persons, shown when it has 5 or more, or nobody; and
//!    shown when a zero shown elsewhere implies it (nobody under 25 among 312, so nobody in any village). The
//!    others of a group count as well, of one list or of two ([`Population::Parmi`](crate::indicators::Population)): 28 of
//!    30 gives 2 away and is withheld.
//! 3. **Few persons.** A mean of fewer than 5 persons is withheld; of ages, nothing is given under 11
//!    childminders, and of a question of a survey, nothing under 11 who answered it (`minimum` of
//!    their entries).
//! 4. **Nothing by calculation.** Others are withheld, as few and as unimportant as can be, until for each
//!    number withheld under 1 and 2 a reader of everything that is shown cannot exclude that it is 5 or more,
//!    and cannot tell it within 5; and for the cells of 3, cannot tell it at all ([`secondaire`]). Where public
//!    figures leave less room (a village with 3 childminders), it is the room that they leave.
//!
//! Of a territory of more than [`COMMUNES_DETAILLEES`], the parts of a sensitive count (the pyramid of a commune)
//! are not given commune by commune at all.
//!
//! A public figure is never withheld; a sensitive one that follows from public figures alone (children
//! estimated from births) is shown: to withhold it would hide nothing. Free text is no figure: it never
//! enters the table.
//!
//! 5. **Surveys.** What the answers of a question and of each group add up to, and the several places where one number
//!    of persons stands, is known to whoever has read the questionnaire ([`enquetes`]). The mean of a question is withheld
//!    where one of its answers is: it is one equation more. A group of which nothing is shown has no row: that it has one
//!    tells that somebody of it answered.
//! 6. **Medians.** A median age is given only where both persons in the middle are in classes of age that are shown, one
//!    after the other from the youngest or from the oldest: elsewhere, half of the persons on each side of it give a class
//!    that is not ([`statistiques`]).
//!
//! 7. **Who came and who left** is public of the territory, and for the relais alone of a commune, and so is their balance
//!    (with the numbers of two years, it would give who moved from one commune to another): people grow older by one
//!    year, and where one knows that nobody came nor left, the ages of one year narrow those of the next. What is verified
//!    under 4 is each year by itself, and what its sums share with the others; not what ageing says. So that it says little,
//!    neither is given of a territory of few childminders, nor a projection of one of fewer still (`minimum_suivi` of their
//!    entries, [`suivis`]).
//!
//! 8. **Thresholds.** A class that tells on which side of a threshold a number is follows it: withheld where it is
//!    ([`seuils`]). And who withholds a figure, its source or this program, is not told: the source never gives 1 to 4, so
//!    that what it did give, and is withheld here, could only be 0 or 5 and more.
//!
//! 9. **Company.** A zero of a large group is shown, so that what is withheld of one reads as « somebody ». Where that belief and
//!    the sums would tell each of them (five persons, in five communes), zeros are withheld beside them, as few as can be
//!    ([`compagnie`]).
//!
//! 10. **Other reports.** Each report gives the years before its own again, and its readers have kept those of other years: what one of
//!     these withheld is withheld again, and nothing that one showed is counted upon to protect a number ([`ailleurs`]).
//!
//! What adds up to what is declared by the entries of the catalogue: see [`crate::indicators::protection`].

mod ailleurs;
mod chemin;
mod compagnie;
mod complements;
mod composante;
mod echange;
mod egales;
mod enquetes;
mod listes;
mod primaire;
mod programme;
mod report;
mod reunion;
mod secondaire;
mod seuils;
mod statistiques;
mod suivis;
mod systeme;

use crate::indicators::{Niveau, TableIndicateurs, indicateur};
use crate::reprises::Reprises;
use ailleurs::Ailleurs;
use std::collections::BTreeSet;
use systeme::{Systeme, dit_quelque_chose, est_sensible};

/// Fewest persons that a sensitive count may show.
pub const SEUIL: f64 = 5.0;

/// For whom the figures are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// The relais itself: everything.
    Interne,
    /// The commission of élus, the mayors.
    Elus,
    /// Anyone.
    Public,
}

impl Audience {
    /// From the most to the least trusted.
    pub const TOUTES: [Self; 3] = [Self::Interne, Self::Elus, Self::Public];

    /// True if both see the same figures: élus and public do, under the same rules.
    pub fn voit_comme(self, autre: Self) -> bool {
        (self == Self::Interne) == (autre == Self::Interne)
    }

    /// What each of its pages says of who may read it; empty if anyone may.
    pub fn mention(self) -> &'static str {
        match self {
            Self::Interne => "Usage interne du relais, ne pas diffuser",
            Self::Elus | Self::Public => "",
        }
    }

    /// The folder of its files in the report.
    pub fn dossier(self) -> &'static str {
        match self {
            Self::Interne => "interne",
            Self::Elus => "elus",
            Self::Public => "public",
        }
    }
}

/// A table that an audience may see.
#[derive(Debug)]
pub struct Divulgation {
    /// The table, some of whose figures are withheld (status [`Statut::Secret`]).
    pub table: TableIndicateurs,
    /// How many figures that had a value are withheld.
    pub retenus: Retenus,
}

/// Figures withheld, by reason.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Retenus {
    /// For themselves: they speak of too few persons.
    pub primaires: usize,
    /// So that those are not computed from them.
    pub secondaires: usize,
}

impl Retenus {
    /// For whatever reason.
    pub fn total(self) -> usize {
        self.primaires + self.secondaires
    }
}

/// Communes of a territory beyond which the parts of a sensitive count of one commune (its ages, its answers)
/// are not given: the largest intercommunalité has 158, the smallest département more. The communes together,
/// and the count itself, are.
///
/// Where no commune shows its parts, two communes that exchange a person cannot be told from what they were:
/// what the communes add up to then says nothing of any of them, and each is searched by itself.
pub const COMMUNES_DETAILLEES: usize = 200;

/// The table for an audience. What an earlier run withheld in a part of the table that is still the same is
/// withheld again, without being searched.
///
/// `autres`: what the reports of other years show to the same readers.
pub fn divulguer(
    table: &TableIndicateurs,
    audience: Audience,
    autres: &[TableIndicateurs],
    reprises: &Reprises,
) -> Divulgation {
    if audience == Audience::Interne {
        return Divulgation { table: table.clone(), retenus: Retenus::default() };
    }
    let detaille = table.nombre_de_lieux(Niveau::Commune) <= COMMUNES_DETAILLEES;
    let mut masque = vec![false; table.lignes()];
    let mut retenus = Retenus::default();
    if !detaille {
        retenus.primaires += retirer_les_sous_parts(table, &mut masque);
    }
    retenus.primaires += suivis::retirer_les_flux_des_communes(table, &mut masque);
    retenus.primaires += suivis::retirer_les_suivis(table, &mut masque);
    let mut systeme = Systeme::lire(table, &masque, detaille);
    let mut primaires = primaire::choisir(&systeme);
    if !detaille {
        primaires.retirer_les_parts(&systeme);
    }
    let compter = |lignes: &[bool]| lignes.iter().filter(|retenue| **retenue).count();
    let propres = compter(&primaires.lignes);
    Ailleurs::lire(&systeme, autres).suivre(&mut systeme, &mut primaires);
    let mut secondaires = secondaire::choisir(&systeme, &primaires, reprises);
    suivre(&systeme, &primaires.lignes, &mut secondaires);
    retenus.primaires += propres;
    retenus.secondaires += compter(&primaires.lignes) - propres + compter(&secondaires);
    for (rang, (p, s)) in systeme.rangs_de_table.iter().zip(primaires.lignes.iter().zip(&secondaires)) {
        masque[*rang as usize] |= *p || *s;
    }
    retenus.secondaires += statistiques::retirer_les_moyennes(table, &mut masque);
    retenus.secondaires += statistiques::retirer_les_medianes(table, &mut masque);
    retenus.secondaires += seuils::retirer_les_seuils(table, &mut masque);
    seuils::taire_qui_retient(table, &mut masque);
    Divulgation { table: enquetes::sans_les_groupes_muets(table.sans(masque)), retenus }
}

/// Withholds the parts of parts (`55_59:mam`) of the sensitive counts of communes, of which the parts are
/// withheld too: nothing can be computed from them. Says how many had a figure.
fn retirer_les_sous_parts(table: &TableIndicateurs, masque: &mut [bool]) -> usize {
    let mut retires = 0;
    for id in table.indicateurs().filter(|id| est_sensible(indicateur(id))) {
        let sous_parts = table
            .suivis_de(id)
            .filter(|suivi| suivi.lieu().niveau == Niveau::Commune && suivi.modalite().contains(':'));
        for suivi in sous_parts {
            let dites = suivi.rangs().zip(suivi.nombres());
            for (rang, _) in dites.filter(|(_, (_, statut, _))| dit_quelque_chose(*statut)) {
                masque[rang] = true;
                retires += 1;
            }
        }
    }
    retires
}

/// Withholds what is computed from other figures in a way that no sum tells, for each year when one of those,
/// of that year or of one before, is withheld.
fn suivre(systeme: &Systeme<'_>, primaires: &[bool], secondaires: &mut [bool]) {
    let retenues: BTreeSet<(&str, i32)> = systeme
        .lignes
        .iter()
        .zip(primaires.iter().zip(&*secondaires))
        .filter(|(_, (p, s))| **p || **s)
        .filter_map(|(ligne, _)| Some((systeme.entrees.get(ligne.indicateur as usize)?.id, ligne.annee)))
        .collect();
    for (rang, ligne) in systeme.lignes.iter().enumerate() {
        let entree = systeme.entrees.get(ligne.indicateur as usize);
        let suit = entree.map_or(&[][..], |e| e.protection.suit);
        if !primaires[rang]
            && suit.iter().any(|id| retenues.range((*id, i32::MIN)..=(*id, ligne.annee)).next().is_some())
        {
            secondaires[rang] = true;
        }
    }
}
