//! Names that are near: what a typing error, a forgotten article or a missing word makes of a name.
//!
//! Likeness only suggests, but for one rule that is narrow: a long name of a member with one or two errors,
//! like no other commune around.

use super::{Rapprocheur, Titre};
use crate::territory::CodeCommune;
use crate::territory::nom::{cle_compacte, cle_sans_articles};
use std::collections::{BTreeMap, BTreeSet};

/// A long name with this many typing errors may be recognised alone…
const LETTRES_POUR_UNE_FAUTE: usize = 8;
/// … and with two errors, from this length on…
const LETTRES_POUR_DEUX_FAUTES: usize = 12;
/// … if any other commune of the départements is at least that many errors farther away.
const ECART_AU_SUIVANT: usize = 3;

/// A name to be compared with, letter by letter.
#[derive(Debug)]
pub(super) struct Repere {
    compacte: String,
    sans_articles: String,
    lettres: Lettres,
    mots: BTreeSet<String>,
    code: CodeCommune,
    titre: Titre,
}

/// How often each letter stands in a name; the last place is for what is no letter from a to z.
#[derive(Debug, Clone, Copy)]
struct Lettres([u8; 27]);

impl Lettres {
    fn compter(compacte: &str) -> Self {
        let mut nombres = [0_u8; 27];
        for lettre in compacte.chars() {
            let rang = if lettre.is_ascii_lowercase() { usize::from(lettre as u8 - b'a') } else { 26 };
            nombres[rang] = nombres[rang].saturating_add(1);
        }
        Self(nombres)
    }

    /// At least that many errors lie between two names: each mends one letter too many and one too
    /// few at most. Spares most of the costly comparisons.
    fn fautes_au_moins(self, autre: Self) -> usize {
        let (mut en_trop, mut en_moins) = (0, 0);
        for (a, b) in self.0.iter().zip(autre.0) {
            en_trop += usize::from(a.saturating_sub(b));
            en_moins += usize::from(b.saturating_sub(*a));
        }
        en_trop.max(en_moins)
    }
}

/// How far a name is from what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ecart {
    pub(super) hors_perimetre: bool,
    pub(super) fautes: usize,
    ancien: bool,
}

impl Rapprocheur<'_> {
    /// The communes whose name is not too far, nearest first. One that shares all its words with what
    /// was written (or the other way round) counts as near whatever its length; so does one that is near but
    /// for its articles.
    pub(super) fn proches(&self, cle: &str) -> Vec<(CodeCommune, Ecart)> {
        let compacte = cle_compacte(cle);
        let sans_articles = cle_sans_articles(cle);
        let lettres = Lettres::compter(&compacte);
        let mots = mots_pleins(cle);
        let au_plus = tolerance(cle).max(2) + ECART_AU_SUIVANT;
        let mut ecarts: BTreeMap<CodeCommune, Ecart> = BTreeMap::new();
        for repere in &self.reperes {
            let memes_mots = repere.titre == Titre::Membre
                && !mots.is_empty()
                && !repere.mots.is_empty()
                && (mots.is_subset(&repere.mots) || repere.mots.is_subset(&mots));
            if !memes_mots && repere.lettres.fautes_au_moins(lettres) > au_plus {
                continue;
            }
            let fautes = strsim::osa_distance(&repere.compacte, &compacte);
            // An article that is forgotten and an error on top of it: near enough to be proposed.
            let a_l_article_pres = || {
                repere.titre == Titre::Membre
                    && strsim::osa_distance(&repere.sans_articles, &sans_articles)
                        <= tolerance(&sans_articles)
            };
            let propose = memes_mots || fautes > tolerance(cle) && a_l_article_pres();
            let fautes = if propose { fautes.min(tolerance(cle)) } else { fautes };
            if fautes <= au_plus {
                let ecart = Ecart {
                    hors_perimetre: !self.est_membre(repere.code),
                    fautes,
                    ancien: repere.titre == Titre::Ancien,
                };
                let place = ecarts.entry(repere.code).or_insert(ecart);
                *place = ecart.min(*place);
            }
        }
        let mut proches: Vec<_> = ecarts.into_iter().collect();
        proches.sort_by_key(|(code, ecart)| (*ecart, *code));
        proches
    }

    /// The one member that this long name can only be a misspelling of. Needs a COG: without it the
    /// communes around, which could be meant as well, are not known.
    pub(super) fn faute_de_frappe(&self, cle: &str, proches: &[(CodeCommune, Ecart)]) -> Option<CodeCommune> {
        self.cog?;
        let lettres = cle_compacte(cle).chars().count();
        let permises = match lettres {
            LETTRES_POUR_DEUX_FAUTES.. => 2,
            LETTRES_POUR_UNE_FAUTE.. => 1,
            _ => 0,
        };
        let (code, ecart) = proches.iter().min_by_key(|(_, ecart)| ecart.fautes)?;
        let seule =
            proches.iter().all(|(autre, e)| autre == code || e.fautes >= ecart.fautes + ECART_AU_SUIVANT);
        let nom_actuel = !ecart.ancien && !ecart.hors_perimetre;
        (nom_actuel && ecart.fautes <= permises && seule && self.est_bien_ecrit_a(*code, cle, ecart.fautes))
            .then_some(*code)
    }

    /// True if a name of today of the member is really that few letters away: sharing words makes
    /// near, not misspelt.
    fn est_bien_ecrit_a(&self, code: CodeCommune, cle: &str, fautes: usize) -> bool {
        let compacte = cle_compacte(cle);
        self.reperes.iter().any(|r| {
            r.code == code
                && r.titre == Titre::Membre
                && strsim::osa_distance(&r.compacte, &compacte) == fautes
        })
    }
}

impl Repere {
    pub(super) fn new(cle: &str, code: CodeCommune, titre: Titre) -> Self {
        let compacte = cle_compacte(cle);
        Self {
            lettres: Lettres::compter(&compacte),
            mots: mots_pleins(cle),
            sans_articles: cle_sans_articles(cle),
            compacte,
            code,
            titre,
        }
    }
}

/// Errors up to which a name is proposed to the person: one in four letters, two at least.
pub(super) fn tolerance(cle: &str) -> usize {
    (cle_compacte(cle).chars().count() / 4).max(2)
}

/// The words that say something: neither articles nor links, nor « saint » alone.
fn mots_pleins(cle: &str) -> BTreeSet<String> {
    const LIENS: [&str; 8] = ["sur", "sous", "en", "et", "aux", "saint", "sainte", "commune"];
    let plein = |mot: &&str| mot.chars().count() > 2 && !LIENS.contains(mot) && !["les", "des"].contains(mot);
    cle.split(' ').filter(plein).map(str::to_owned).collect()
}
