//! What is withheld for itself: small numbers, and what speaks of few persons.

use super::SEUIL;
use super::listes::Listes;
use super::systeme::{AUCUN, Ligne, Repere, Systeme};
use crate::indicators::{Indicateur, Terme, Unite};

/// What must not be found again.
#[derive(Debug, Clone, Default)]
pub(super) struct Primaires {
    /// Rows withheld for themselves.
    pub lignes: Vec<bool>,
    /// By variable: how wide the doubt must be, and whether it must reach the threshold; 0 if it needs none.
    pub doutes: Vec<Doute>,
    /// By variable, whether a zero would be shown: it would speak of enough persons, and is no part of a part (`55_59:mam`),
    /// where zeros are withheld as often as not.
    pub zeros_montres: Vec<bool>,
}

impl Primaires {
    /// Withholds the parts of the sensitive counts of communes, small or not.
    pub(super) fn retirer_les_parts(&mut self, systeme: &Systeme<'_>) {
        for (ligne, retenue) in systeme.lignes.iter().zip(&mut self.lignes) {
            if ligne.est_part_d_une_commune() {
                *retenue = true;
                for variable in ligne.variables.into_iter().filter(|v| *v != AUCUN) {
                    self.zeros_montres[variable as usize] = false;
                }
            }
        }
    }
}

/// How far an attacker must be kept from a number.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Doute {
    /// The greatest value that must stay possible.
    pub haut: f64,
    /// The least distance between the lowest and the highest possible value.
    pub largeur: f64,
}

impl Doute {
    /// A small number: it might be the threshold or more, and is not known within as much.
    const PETIT: Self = Self { haut: SEUIL, largeur: SEUIL };
    /// Withheld with the rest of its indicator: not known to the unit.
    const ENSEMBLE: Self = Self { haut: 0.0, largeur: 1.0 };

    pub(super) fn est_vide(self) -> bool {
        self == Self::default()
    }

    fn le_plus_large(self, autre: Self) -> Self {
        Self { haut: self.haut.max(autre.haut), largeur: self.largeur.max(autre.largeur) }
    }
}

/// Applies the rules to every row.
pub(super) fn choisir(systeme: &Systeme<'_>) -> Primaires {
    let mut primaires = Primaires {
        lignes: vec![false; systeme.lignes.len()],
        doutes: vec![Doute::default(); systeme.variables.len()],
        zeros_montres: vec![false; systeme.variables.len()],
    };
    let (populations, regles) = (populations(systeme), regles(systeme));
    for (ligne, rang) in systeme.lignes.iter().zip(0..) {
        if ligne.sensible {
            let siennes = regles.get(ligne.indicateur as usize);
            juger(systeme, ligne, rang, siennes, &populations, &mut primaires);
        }
    }
    for (variable, rang) in systeme.variables.iter().zip(0..) {
        // The others of a population, whom no row counts.
        let est_un_reste = variable.ligne == AUCUN && !variable.publique && !variable.sans_secret;
        if est_un_reste && est_petit(variable.valeur, populations[rang]) {
            primaires.doutes[rang] = Doute::PETIT;
        }
    }
    partager_les_doutes(systeme, &mut primaires);
    let attenues = zeros_sans_secret(systeme, &primaires);
    for (doute, attenue) in primaires.doutes.iter_mut().zip(&attenues) {
        if *attenue {
            *doute = Doute::default();
        }
    }
    retenir(systeme, &mut primaires);
    primaires
}

/// Few persons: from 1 to 4; or nobody, or all, of a group of 1 to 4. An unknown group counts as one.
fn est_petit(nombre: f64, population: f64) -> bool {
    let nombre = nombre.abs();
    let petit_groupe = population.is_nan() || (population > 0.0 && population < SEUIL);
    (nombre > 0.0 && nombre < SEUIL) || (nombre == 0.0 && petit_groupe)
}

/// The group that a zero speaks of: that of its entry, or a public total of which it is a part.
fn populations(systeme: &Systeme<'_>) -> Vec<f64> {
    let mut populations: Vec<f64> = systeme.variables.iter().map(|v| v.population).collect();
    for equation in systeme.equations.iter().filter(|e| e.somme) {
        let total = &systeme.variables[equation.termes[0].0 as usize];
        if total.publique {
            for (partie, _) in &equation.termes[1..] {
                let population = &mut populations[*partie as usize];
                *population = population.min(total.valeur);
            }
        }
    }
    populations
}

/// What the catalogue says of the rows of an entry, by the numbers of the table.
struct Regle {
    /// Below how many persons nothing is told, and where their number stands; none if no row gives it.
    minimum: Option<(f64, Option<Repere>)>,
    /// By modality of a part of them (« en MAM »), where the number of those of that part stands, if a row gives it.
    parts: Vec<(u32, Repere)>,
    /// The same, but where that number is not known.
    minimum_si_connu: Option<(f64, Option<Repere>)>,
    /// Modalities that are no secret.
    libres: Vec<u32>,
}

/// By rank of entry.
fn regles(systeme: &Systeme<'_>) -> Vec<Regle> {
    let regle = |entree: &&Indicateur| {
        let protection = &entree.protection;
        let libres = protection.modalites_libres.iter();
        let reperer = |(n, terme): (u32, Terme)| (f64::from(n), systeme.reperer(&terme));
        Regle {
            minimum: protection.minimum.map(reperer),
            parts: protection.minimum.map_or_else(Vec::new, |(_, terme)| parts(systeme, entree, terme)),
            minimum_si_connu: protection.minimum_si_connu.map(reperer),
            libres: libres.filter_map(|libre| systeme.numero_de_modalite(libre)).collect(),
        }
    };
    systeme.entrees.iter().map(regle).collect()
}

/// The modalities `x:part` of an entry whose minimum is a count that has that part.
fn parts(systeme: &Systeme<'_>, entree: &Indicateur, minimum: Terme) -> Vec<(u32, Repere)> {
    let part = |(modalite, _): &(&'static str, &str)| {
        let (_, part) = modalite.split_once(':')?;
        let repere = systeme.reperer(&Terme::valeur(minimum.indicateur, part))?;
        Some((systeme.numero_de_modalite(modalite)?, repere))
    };
    entree.modalites.iter().filter_map(part).collect()
}

fn juger(
    systeme: &Systeme<'_>,
    ligne: &Ligne,
    rang: usize,
    regle: Option<&Regle>,
    populations: &[f64],
    primaires: &mut Primaires,
) {
    let nombre = |repere: &Option<Repere>| repere.as_ref().and_then(|repere| systeme.valeur(repere, ligne));
    // Of nobody, nothing is told.
    let peu = |n: f64, minimum: f64| n > 0.0 && n < minimum;
    let trop_peu = regle.is_some_and(|regle| {
        let sans = regle.minimum.as_ref().is_some_and(|(m, ou)| nombre(ou).is_none_or(|n| peu(n, *m)));
        sans || regle.minimum_si_connu.as_ref().is_some_and(|(m, ou)| nombre(ou).is_some_and(|n| peu(n, *m)))
    });
    let part_trop_petite = regle.is_some_and(|regle| {
        let part = regle.parts.iter().find(|(modalite, _)| *modalite == ligne.modalite);
        let nombre = part.and_then(|(_, repere)| systeme.valeur(repere, ligne));
        regle.minimum.as_ref().zip(nombre).is_some_and(|((m, _), n)| peu(n, *m))
    });
    let trop_peu = trop_peu || part_trop_petite;
    if trop_peu || est_une_statistique_de_peu(systeme, ligne) {
        primaires.lignes[rang] = true;
    }
    let libre = regle.is_some_and(|regle| regle.libres.contains(&ligne.modalite));
    for variable in ligne.variables.into_iter().filter(|v| *v != AUCUN) {
        let (numero, variable) = (variable as usize, &systeme.variables[variable as usize]);
        let sans_secret = libre || est_un_effectif(systeme, ligne, numero);
        if variable.publique || sans_secret || est_une_mesure(systeme, ligne, numero) {
            continue;
        }
        primaires.zeros_montres[numero] =
            !trop_peu && populations[numero] >= SEUIL && !systeme.modalite(ligne).contains(':');
        if est_petit(variable.valeur, populations[numero]) {
            primaires.doutes[numero] = Doute::PETIT;
        } else if trop_peu {
            primaires.doutes[numero] = Doute::ENSEMBLE;
        }
    }
}

/// True for the number of persons that a share is about: what is told of them is its numerator, which is as
/// small. (The same number given as a count of its own is protected there.)
fn est_un_effectif(systeme: &Systeme<'_>, ligne: &Ligne, variable: usize) -> bool {
    let entree = systeme.entrees.get(ligne.indicateur as usize);
    let part = entree.is_some_and(|e| e.unite == Unite::Pourcent) && ligne.variables[1] != AUCUN;
    part && ligne.variables[2] as usize == variable
}

/// True for a value that counts nobody: an age, a mark, a share whose terms are not given.
fn est_une_mesure(systeme: &Systeme<'_>, ligne: &Ligne, variable: usize) -> bool {
    let unite = systeme.entrees.get(ligne.indicateur as usize).map(|e| e.unite);
    let mesure = matches!(
        unite,
        Some(Unite::Ans | Unite::Note | Unite::Pourcent | Unite::PlacesPour100 | Unite::Rang)
    );
    mesure && ligne.variables[0] as usize == variable
}

/// A median or a mean of fewer persons than the threshold, or of nobody knows how many.
fn est_une_statistique_de_peu(systeme: &Systeme<'_>, ligne: &Ligne) -> bool {
    let valeur = ligne.variables[0] as usize;
    if ligne.variables[0] == AUCUN || !est_une_mesure(systeme, ligne, valeur) {
        return false;
    }
    let effectif = systeme.variables.get(ligne.variables[2] as usize).map(|v| v.valeur);
    let declare = systeme.variables[valeur].population;
    let effectif = effectif.or(Some(declare).filter(|n| n.is_finite()));
    effectif.is_none_or(|n| n > 0.0 && n < SEUIL)
}

/// Zeros that follow from a zero shown of enough persons: nobody of a territory is under 25, so nobody of any
/// of its villages is. To withhold them would hide nothing.
fn zeros_sans_secret(systeme: &Systeme<'_>, primaires: &Primaires) -> Vec<bool> {
    let nul = |rang: u32| systeme.variables[rang as usize].valeur == 0.0;
    let sommes = || systeme.equations.iter().zip(0u32..).filter(|(e, _)| e.somme);
    let totaux =
        Listes::par_numero(systeme.variables.len(), || sommes().map(|(e, rang)| (e.termes[0].0, rang)));
    let montre = |rang: usize| {
        let variable = &systeme.variables[rang];
        let ligne_montree = variable.ligne == AUCUN || !primaires.lignes[variable.ligne as usize];
        variable.publique || (ligne_montree && primaires.doutes[rang].est_vide())
    };
    let mut impliques = vec![false; systeme.variables.len()];
    let mut file: Vec<u32> = (0..u32::try_from(impliques.len()).unwrap_or(AUCUN))
        .filter(|rang| nul(*rang) && montre(*rang as usize))
        .collect();
    while let Some(total) = file.pop() {
        for equation in totaux.liste(total) {
            for (partie, _) in &systeme.equations.une(*equation).termes[1..] {
                if !impliques[*partie as usize] && nul(*partie) {
                    impliques[*partie as usize] = true;
                    file.push(*partie);
                }
            }
        }
    }
    impliques
}

/// One number under two names is as secret under either.
fn partager_les_doutes(systeme: &Systeme<'_>, primaires: &mut Primaires) {
    let mut a_change = true;
    while std::mem::take(&mut a_change) {
        for (un, autre) in &systeme.memes {
            let [un, autre] = [*un, *autre].map(|v| v as usize);
            let commun = primaires.doutes[un].le_plus_large(primaires.doutes[autre]);
            for v in [un, autre] {
                a_change |= primaires.doutes[v] != commun;
                primaires.doutes[v] = commun;
            }
        }
    }
}

/// Rows of the variables to protect.
fn retenir(systeme: &Systeme<'_>, primaires: &mut Primaires) {
    for (variable, doute) in systeme.variables.iter().zip(&primaires.doutes) {
        if variable.ligne != AUCUN && !doute.est_vide() {
            primaires.lignes[variable.ligne as usize] = true;
        }
    }
}
