//! What an entry of the catalogue says for disclosure: of whom its figures speak, and to which others they
//! add up. Data only; [`crate::disclosure`] reads it.
//!
//! What need not be said, because it is found in the table itself: that a territory is the sum of its
//! communes (counts, numerators, denominators); that the modalities `x:…` are the parts of `x`, or, when
//! there is no `x`, of the total; that modalities without a colon are the parts of the total. Such a sum is
//! taken wherever it is true of the figures. An entry says the rest:
//!
//! ```ignore
//! protection: Protection {
//!     population: Population::Parmi(Terme::valeur("am_accepte_repondants", Terme::MEME)),
//!     relations: &[Relation::somme(
//!         Terme::numerateur("part_60_plus", ""),
//!         &[Terme::valeur("pyramide_ages", "60_64"), Terme::valeur("pyramide_ages", "65_plus")],
//!     )],
//!     ..Protection::DEFAUT
//! }
//! ```

/// What disclosure must know of an indicator. See [`Protection::DEFAUT`] for what holds when nothing is said.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct Protection {
    /// Among whom the persons of a count are: a zero speaks of all of them.
    pub population: Population,
    /// Fewest persons of that cell, of the same place and year, for anything of the indicator to be given. Of a modality
    /// `x:part`, fewest persons of the modality `part` of that cell too.
    pub minimum: Option<(u32, Terme)>,
    /// The same, where that cell is known: elsewhere nothing tells how few they are.
    pub minimum_si_connu: Option<(u32, Terme)>,
    /// The same for what follows people through the years: fewest persons of that cell, of the same place, in the year of
    /// the figure (or the last one before that tells it) and in the one before.
    pub minimum_suivi: Option<(u32, Terme)>,
    /// Modalities that say nothing about anybody (an age that the list does not give, the difference of two counts): no
    /// small number of theirs is withheld for itself.
    pub modalites_libres: &'static [&'static str],
    /// What its figures add up to, or are made of.
    pub relations: &'static [Relation],
    /// Indicators from which its figures are computed in a way that no sum tells: where a figure of one of
    /// them is withheld, of that year or of one before, none of these is given.
    pub suit: &'static [&'static str],
    /// Numbers of which it tells on which side of a threshold they are: where one of them is withheld, none of
    /// these is given, at that place and year.
    pub seuils_de: &'static [&'static str],
}

impl Protection {
    /// When nothing is said: see [`Population::Defaut`]; no minimum; no relation but those of the table.
    pub const DEFAUT: Self = Self {
        population: Population::Defaut,
        minimum: None,
        minimum_si_connu: None,
        minimum_suivi: None,
        modalites_libres: &[],
        relations: &[],
        suit: &[],
        seuils_de: &[],
    };
}

/// Among whom the persons of a sensitive count are.
#[derive(Debug, Clone, Copy, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Population {
    /// Not said. The numerator of a share is among its denominator. Childminders are among `am_agrees`; there
    /// is nothing beyond a count of children, births, inhabitants; for any other count a zero is withheld as
    /// a small number would be, because nobody knows whom it speaks of. A median or a mean is given only if
    /// its `denominateur` says of how many persons it is.
    Defaut,
    /// Nobody beyond those counted: a zero says nothing about anybody.
    Aucune,
    /// Those who are not counted are known too, and protected as well. That the two numbers are of two lists or of two
    /// days changes nothing: whoever reads « 5 of 6 are at work » looks for the sixth.
    Parmi(Terme),
}

/// `total` = sum of `parties`, at each place and year where all of them are known.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct Relation {
    /// The sum.
    pub total: Terme,
    /// What makes it.
    pub parties: &'static [Terme],
    /// Only where the total is an estimate, made from these parts.
    pub si_estime: bool,
    /// The parts are not all: others, that no row counts, may be in the total too.
    pub au_moins: bool,
}

impl Relation {
    /// `total` = sum of `parties`.
    pub const fn somme(total: Terme, parties: &'static [Terme]) -> Self {
        Self { total, parties, si_estime: false, au_moins: false }
    }

    /// The same cell under two names.
    pub const fn egalite(cellule: Terme, autre: &'static [Terme; 1]) -> Self {
        Self { total: cellule, parties: autre, si_estime: false, au_moins: false }
    }

    /// `total` ≥ sum of `parties`: those of 59 and over are among those of 55 and over.
    pub const fn au_moins(total: Terme, parties: &'static [Terme]) -> Self {
        Self { total, parties, si_estime: false, au_moins: true }
    }

    /// True if the other one, an inequality, follows from this one: the same total holds more.
    pub(crate) fn implique(&self, autre: &Self) -> bool {
        let meme =
            |a: &Terme, b: &Terme| (a.indicateur, a.modalite, a.champ) == (b.indicateur, b.modalite, b.champ);
        self.au_moins
            && meme(&self.total, &autre.total)
            && autre.parties.iter().all(|partie| self.parties.iter().any(|la| meme(la, partie)))
    }

    /// Holds only where the total is an estimate.
    #[must_use]
    pub const fn si_estime(self) -> Self {
        Self { si_estime: true, ..self }
    }
}

/// One cell, at the place and year where a relation is read.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct Terme {
    /// Identifier of the catalogue.
    pub indicateur: &'static str,
    /// Modality; empty for the total.
    pub modalite: &'static str,
    /// Which of the numbers of the row.
    pub champ: Champ,
    /// Years before.
    pub il_y_a: i32,
    /// Its factor in the sum: −1 in a difference.
    pub coefficient: f64,
}

impl Terme {
    /// In place of a modality: that of the row itself.
    pub const MEME: &'static str = "*";

    /// The value of a cell.
    pub const fn valeur(indicateur: &'static str, modalite: &'static str) -> Self {
        Self { indicateur, modalite, champ: Champ::Valeur, il_y_a: 0, coefficient: 1.0 }
    }

    /// What a rate divides.
    pub const fn numerateur(indicateur: &'static str, modalite: &'static str) -> Self {
        Self { champ: Champ::Numerateur, ..Self::valeur(indicateur, modalite) }
    }

    /// What a rate is divided by.
    pub const fn denominateur(indicateur: &'static str, modalite: &'static str) -> Self {
        Self { champ: Champ::Denominateur, ..Self::valeur(indicateur, modalite) }
    }

    /// The same cell, some years before.
    #[must_use]
    pub const fn il_y_a(self, ans: i32) -> Self {
        Self { il_y_a: ans, ..self }
    }

    /// The same cell, with a factor.
    #[must_use]
    pub const fn fois(self, coefficient: f64) -> Self {
        Self { coefficient, ..self }
    }
}

/// One of the numbers of a row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Champ {
    /// Column `valeur`.
    Valeur,
    /// Column `numerateur`.
    Numerateur,
    /// Column `denominateur`.
    Denominateur,
}
