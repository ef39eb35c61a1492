//! Rows that give the same figure: a row per month, per sex or per kind of act, where one per commune was expected.

use crate::quality::{Bilan, Lieu, Motif, Probleme, Statut};
use crate::sources::disposition::{ColonneTexte, Tableau, citer};
use crate::sources::valeurs::{nombre, replier};
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

/// How the words of a header begin whose numbers are no ranks: each row is of a part, or of a time.
const PARTS: [&str; 9] =
    ["iris", "mois", "trimestr", "semestr", "semaine", "quartier", "secteur", "section", "age"];

/// Lines that a message cites.
const LIGNES_CITEES: usize = 6;

/// A row of which the counts are read.
#[derive(Debug)]
pub(super) struct LigneLue<K, C> {
    pub(super) rang: usize,
    /// What the row is of: a commune, a year, a measure.
    pub(super) cle: K,
    /// What each of its cells is of, and its count.
    pub(super) cases: Vec<(C, Option<f64>, Statut)>,
}

/// One row for each key, in the order of the file. Rows that say the same count once; of those that a column tells apart,
/// the one that says that it is of all; of the others nothing tells which is the figure, or whether they add up: it is not
/// known, and told. `positions` are those of the columns that are read beside the fields.
pub(super) fn une_par_cle<K: Ord + Clone, C>(
    tableau: &Tableau,
    lues: Vec<LigneLue<K, C>>,
    positions: &[u32],
    bilan: &mut Bilan,
) -> Vec<LigneLue<K, C>> {
    let mut groupes: BTreeMap<K, Vec<LigneLue<K, C>>> = BTreeMap::new();
    for ligne in lues {
        groupes.entry(ligne.cle.clone()).or_default().push(ligne);
    }
    let mut rivales = Rivales::default();
    let non_lues = |c: &&ColonneTexte| !c.entete.is_empty() && !positions.contains(&c.position);
    let colonnes: Vec<Distinctive<'_>> =
        tableau.autres.iter().filter(non_lues).map(Distinctive::new).collect();
    let mut retenues = Vec::with_capacity(groupes.len());
    for groupe in groupes.into_values() {
        let mut groupe = seules_celles_de_l_ensemble(groupe, &colonnes, tableau, bilan);
        let distinctives: Vec<&Distinctive<'_>> = colonnes.iter().filter(|c| c.distingue(&groupe)).collect();
        let dites = |ligne: &LigneLue<K, C>| ligne.cases.iter().map(|(_, v, s)| (*v, *s)).collect::<Vec<_>>();
        let pareilles = groupe.iter().all(|ligne| dites(ligne) == dites(&groupe[0]));
        let nombre = groupe.len();
        if nombre == 1 || pareilles && distinctives.iter().all(|c| c.numerote()) {
            for autre in groupe.drain(1..) {
                let detail = "une autre ligne donne déjà ces nombres, les mêmes";
                bilan.noter(Probleme::new(Motif::ValeurEnDouble, tableau.lieu_ligne(autre.rang), detail));
            }
            bilan.lues += 1;
        } else {
            rivales.noter(&groupe, &distinctives, tableau);
            groupe.truncate(1);
            for (_, valeur, statut) in groupe.iter_mut().flat_map(|ligne| &mut ligne.cases) {
                (*valeur, *statut) = (None, Statut::NonDisponible);
            }
        }
        retenues.extend(groupe);
    }
    rivales.conclure(tableau, bilan);
    retenues.sort_by_key(|ligne| ligne.rang);
    retenues
}

/// A column that is not read, and may tell rows apart.
struct Distinctive<'t> {
    colonne: &'t ColonneTexte,
    /// It numbers the rows: what it tells of them is nothing. Seen only where rows are to be told apart.
    numerote: OnceCell<bool>,
}

impl<'t> Distinctive<'t> {
    fn new(colonne: &'t ColonneTexte) -> Self {
        Self { colonne, numerote: OnceCell::new() }
    }

    fn numerote(&self) -> bool {
        *self.numerote.get_or_init(|| {
            let dit_une_part = |mot: &str| PARTS.iter().any(|debut| mot.starts_with(debut));
            if replier(&self.colonne.entete).split(' ').any(dit_une_part) {
                return false;
            }
            let cellules = || self.colonne.valeurs.iter().flatten();
            let distinctes: BTreeSet<&str> = cellules().collect();
            cellules().all(|texte| nombre(texte).is_ok()) && distinctes.len() == cellules().count()
        })
    }

    fn dit<K, C>(&self, ligne: &LigneLue<K, C>) -> Option<&'t str> {
        self.colonne.valeurs.get(ligne.rang)
    }

    fn distingue<K, C>(&self, groupe: &[LigneLue<K, C>]) -> bool {
        groupe.iter().filter_map(|ligne| self.dit(ligne)).map(replier).collect::<BTreeSet<_>>().len() > 1
    }
}

/// Where a column tells some rows of a group to be of all, and others not, the former alone.
fn seules_celles_de_l_ensemble<K, C>(
    mut groupe: Vec<LigneLue<K, C>>,
    colonnes: &[Distinctive<'_>],
    tableau: &Tableau,
    bilan: &mut Bilan,
) -> Vec<LigneLue<K, C>> {
    for colonne in colonnes.iter().filter(|_| groupe.len() > 1).collect::<Vec<_>>() {
        let de_tous = |ligne: &LigneLue<K, C>| colonne.dit(ligne).is_some_and(dit_l_ensemble);
        let (ensemble, parties): (Vec<_>, Vec<_>) = groupe.into_iter().partition(de_tous);
        groupe = if ensemble.is_empty() {
            parties
        } else {
            for partie in parties {
                let lieu = tableau.lieu_colonne(partie.rang, colonne.colonne);
                let detail = "la ligne est une partie d’une autre, qui est celle de l’ensemble";
                let dit = colonne.dit(&partie).unwrap_or_default();
                bilan.noter(Probleme::new(Motif::HorsSujet, lieu, detail).avec_valeur(dit));
            }
            ensemble
        };
    }
    groupe
}

fn dit_l_ensemble(texte: &str) -> bool {
    let replie = replier(texte);
    matches!(replie.as_str(), "t" | "tous" | "toutes" | "deux sexes" | "les deux" | "les deux sexes")
        || matches!(replie.split(' ').next(), Some("total" | "totaux" | "ensemble"))
}

/// Rows of which none is counted: told once for each set of columns that tell them apart.
#[derive(Default)]
struct Rivales(BTreeMap<Vec<String>, Vec<usize>>);

impl Rivales {
    fn noter<K, C>(&mut self, groupe: &[LigneLue<K, C>], colonnes: &[&Distinctive<'_>], tableau: &Tableau) {
        // A column of numbers may be another count: one of words, of few values, tells more.
        let valeurs = |c: &Distinctive<'_>| c.colonne.valeurs.iter().flatten().collect::<BTreeSet<_>>().len();
        let peu: Vec<_> = colonnes.iter().filter(|c| valeurs(c) * 2 <= tableau.hauteur()).collect();
        let dites = if peu.is_empty() { colonnes.iter().collect() } else { peu };
        let noms = dites.into_iter().map(|c| c.colonne.entete.clone()).collect();
        self.0.entry(noms).or_default().extend(groupe.iter().map(|ligne| ligne.rang));
    }

    fn conclure(self, tableau: &Tableau, bilan: &mut Bilan) {
        for (noms, mut rangs) in self.0 {
            rangs.sort_unstable();
            let mut lignes: Vec<String> = rangs
                .iter()
                .filter_map(|rang| tableau.lignes.get(*rang))
                .take(LIGNES_CITEES)
                .map(ToString::to_string)
                .collect();
            if rangs.len() > lignes.len() {
                lignes.push("…".to_owned());
            }
            let ce_qui_les_distingue = match noms.as_slice() {
                [] => "aucune autre colonne ne les distingue".to_owned(),
                [nom] => format!("la colonne « {nom} », qui n’est pas lue, semble les distinguer"),
                noms => format!(
                    "les colonnes {}, qui ne sont pas lues, semblent les distinguer",
                    citer(noms.iter().map(String::as_str))
                ),
            };
            let detail = format!(
                "plusieurs lignes donnent chacune leur valeur à un même chiffre (lignes {}) : {ce_qui_les_distingue}",
                lignes.join(", ")
            );
            let lieu = Lieu { ligne: None, ..tableau.origine.lieu() };
            let nombre = u32::try_from(rangs.len()).unwrap_or(u32::MAX);
            bilan.noter(Probleme { lignes: nombre, ..Probleme::new(Motif::LignesRivales, lieu, detail) });
        }
    }
}
