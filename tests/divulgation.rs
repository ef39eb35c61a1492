//! The attacker: from everything that is shown, what can be found of what is withheld? Written from what the
//! table means, without the product's own relations.

use crate::commun::demo;
use crate::commun::essai::Essai;
use microlp::{ComparisonOp, OptimizationDirection, Problem};
use observatoire::disclosure::{Audience, COMMUNES_DETAILLEES, Divulgation, divulguer};
use observatoire::indicators::{
    Agregation, CLASSES_AGE, Niveau, Statut, Suivi, TableIndicateurs, indicateur,
};
use observatoire::reprises::Reprises;
use polars::prelude::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

pub(crate) const SEUIL: f64 = 5.0;

/// A number of the table: indicator, modality, place, and `v`alue, `n`umerator or `d`enominator.
pub(crate) type Nombre = (String, String, String, char);

/// The numbers of a table in a year; those that are withheld have none.
fn nombres(table: &TableIndicateurs, annee: i32) -> BTreeMap<Nombre, Option<f64>> {
    let trame = table.trame().unwrap();
    let texte = |nom: &str| trame.column(nom).unwrap().str().unwrap().clone();
    let reel = |nom: &str| trame.column(nom).unwrap().f64().unwrap().clone();
    let (codes, ids, modalites, statuts) =
        (texte("code"), texte("indicateur"), texte("modalite"), texte("statut"));
    let (valeurs, numerateurs, denominateurs) = (reel("valeur"), reel("numerateur"), reel("denominateur"));
    let annees = trame.column("annee").unwrap().i32().unwrap().clone();
    let mut nombres = BTreeMap::new();
    for rang in (0..trame.height()).filter(|rang| annees.get(*rang) == Some(annee)) {
        let id = ids.get(rang).unwrap();
        let cle = |champ| {
            (
                id.to_owned(),
                modalites.get(rang).unwrap().to_owned(),
                codes.get(rang).unwrap().to_owned(),
                champ,
            )
        };
        let retenu = statuts.get(rang) == Some(Statut::Secret.mot());
        if RATIOS.contains(&id) {
            for (champ, colonne) in [('n', &numerateurs), ('d', &denominateurs)] {
                if retenu || colonne.get(rang).is_some() {
                    nombres.insert(cle(champ), colonne.get(rang));
                }
            }
        } else if retenu || valeurs.get(rang).is_some() {
            nombres.insert(cle('v'), valeurs.get(rang));
        }
    }
    nombres
}

const RATIOS: [&str; 3] = ["part_55_plus", "taux_activite", "places_pour_100"];

/// A sum of factor × unknown, compared with a number.
pub(crate) type Savoir = (Vec<(usize, f64)>, ComparisonOp, f64);

/// What an attacker holds: unknowns, and what he knows of them.
#[derive(Default)]
pub(crate) struct Attaque {
    pub(crate) inconnues: BTreeMap<Nombre, usize>,
    /// Sum of ± unknowns, compared with a number.
    pub(crate) savoirs: Vec<Savoir>,
    /// Unknowns of which he believes that they are somebody.
    pub(crate) quelqu_un: BTreeSet<usize>,
}

impl Attaque {
    fn new(montres: &BTreeMap<Nombre, Option<f64>>, territoire: &str) -> Self {
        let retenus = montres.iter().filter(|(_, n)| n.is_none()).map(|(cle, _)| cle.clone());
        let mut attaque = Self { inconnues: retenus.zip(0..).collect(), ..Self::default() };
        attaque.apprendre_les_sommes_de_communes(montres, territoire);
        let lieux: BTreeSet<&String> = montres.keys().map(|cle| &cle.2).collect();
        for lieu in lieux {
            attaque.apprendre_les_ages(montres, lieu);
            let egaux = [
                (("taux_activite", 'n'), ("am_actifs", 'v')),
                (("taux_activite", 'd'), ("am_agrees", 'v')),
                (("places_pour_100", 'n'), ("places_total", 'v')),
                (("places_pour_100", 'd'), ("enfants_0_2", 'v')),
            ];
            // For the territory the two may not speak of the same communes.
            for ((a, champ_a), (b, champ_b)) in egaux.into_iter().filter(|_| lieu != territoire) {
                attaque.apprendre(
                    montres,
                    &[(cle(a, "", lieu, champ_a), 1.0), (cle(b, "", lieu, champ_b), -1.0)],
                    ComparisonOp::Eq,
                );
            }
        }
        attaque
    }

    fn apprendre_les_sommes_de_communes(
        &mut self,
        montres: &BTreeMap<Nombre, Option<f64>>,
        territoire: &str,
    ) {
        for total in montres.keys().filter(|c| c.2 == territoire && est_une_somme(c)) {
            let parties = montres.keys().filter(|c| c.2 != territoire);
            let parties = parties.filter(|c| (&c.0, &c.1, c.3) == (&total.0, &total.1, total.3));
            let termes: Vec<(Nombre, f64)> =
                std::iter::once((total.clone(), -1.0)).chain(parties.map(|c| (c.clone(), 1.0))).collect();
            self.apprendre(montres, &termes, ComparisonOp::Eq);
        }
    }

    fn apprendre_les_ages(&mut self, montres: &BTreeMap<Nombre, Option<f64>>, lieu: &str) {
        let toutes: Vec<&str> = CLASSES_AGE.iter().map(|c| c.0).chain(["inconnu"]).collect();
        let age =
            |classe: &str, exercice: &str| cle("pyramide_ages", &format!("{classe}{exercice}"), lieu, 'v');
        for (exercice, modalite) in [("", ""), (":domicile", "domicile"), (":mam", "mam")] {
            let mut termes = vec![(cle("am_agrees", modalite, lieu, 'v'), -1.0)];
            termes.extend(toutes.iter().map(|c| (age(c, exercice), 1.0)));
            self.apprendre(montres, &termes, ComparisonOp::Eq);
        }
        for classe in &toutes {
            let termes =
                [(age(classe, ""), -1.0), (age(classe, ":domicile"), 1.0), (age(classe, ":mam"), 1.0)];
            self.apprendre(montres, &termes, ComparisonOp::Eq);
        }
        let (numerateur, denominateur) =
            (cle("part_55_plus", "", lieu, 'n'), cle("part_55_plus", "", lieu, 'd'));
        for (terme, depuis) in [(&numerateur, 55), (&denominateur, 0)] {
            let mut termes = vec![(terme.clone(), -1.0)];
            termes.extend(CLASSES_AGE.iter().filter(|c| c.2 >= depuis).map(|c| (age(c.0, ""), 1.0)));
            self.apprendre(montres, &termes, ComparisonOp::Eq);
        }
        self.apprendre(montres, &[(denominateur, 1.0), (numerateur, -1.0)], ComparisonOp::Ge);
    }

    /// Sum of factor × number, compared with 0; nothing if one of the numbers is not in the table at all.
    pub(crate) fn apprendre(
        &mut self,
        montres: &BTreeMap<Nombre, Option<f64>>,
        termes: &[(Nombre, f64)],
        comparaison: ComparisonOp,
    ) {
        let (mut inconnus, mut reste) = (Vec::new(), 0.0);
        for (cle, facteur) in termes {
            match (montres.get(cle), self.inconnues.get(cle)) {
                (Some(Some(nombre)), _) => reste -= facteur * nombre,
                (Some(None), Some(rang)) => inconnus.push((*rang, *facteur)),
                _ => return,
            }
        }
        if !inconnus.is_empty() {
            self.savoirs.push((inconnus, comparaison, reste));
        }
    }

    /// Numbers of persons are not below zero; differences may be.
    fn moindre(&self, rang: usize) -> f64 {
        let cle = self.inconnues.iter().find(|(_, r)| **r == rang).map(|(cle, _)| cle);
        let difference = cle.is_some_and(|c| c.0.contains("evolution") || c.0.contains("solde"));
        if difference {
            -1e5
        } else if self.quelqu_un.contains(&rang) {
            1.0
        } else {
            0.0
        }
    }

    /// Believes that nobody would have withheld a zero of so many persons: what is withheld there is somebody.
    fn croire_que_tout_zero_est_montre(&mut self, montres: &BTreeMap<Nombre, Option<f64>>) {
        let agrees = |lieu: &str| montres.get(&cle("am_agrees", "", lieu, 'v')).copied().flatten();
        let classes = self.inconnues.iter().filter(|((id, modalite, lieu, _), _)| {
            id == "pyramide_ages" && !modalite.contains(':') && agrees(lieu).is_some_and(|n| n >= 11.0)
        });
        self.quelqu_un = classes.map(|(_, rang)| *rang).collect();
    }

    /// Least and greatest value of an unknown, or of the difference of two.
    pub(crate) fn bornes(&self, termes: &[(usize, f64)]) -> (f64, f64) {
        self.bornes_possibles(termes).unwrap()
    }

    /// The same; none if what he believes contradicts what he sees.
    fn bornes_possibles(&self, termes: &[(usize, f64)]) -> Option<(f64, f64)> {
        let borne = |direction| {
            let mut probleme = Problem::new(direction);
            let prix = |rang: usize| termes.iter().find(|(r, _)| *r == rang).map_or(0.0, |(_, f)| *f);
            let variables: Vec<microlp::Variable> = (0..self.inconnues.len())
                .map(|rang| probleme.add_var(prix(rang), (self.moindre(rang), 1e5)))
                .collect();
            for (inconnus, comparaison, reste) in &self.savoirs {
                let somme: Vec<_> =
                    inconnus.iter().map(|(rang, facteur)| (variables[*rang], *facteur)).collect();
                probleme.add_constraint(somme.as_slice(), *comparaison, *reste);
            }
            Some(probleme.solve().ok()?.into_solution().ok()?.objective())
        };
        Some((borne(OptimizationDirection::Minimize)?, borne(OptimizationDirection::Maximize)?))
    }
}

pub(crate) fn cle(id: &str, modalite: &str, lieu: &str, champ: char) -> Nombre {
    (id.to_owned(), modalite.to_owned(), lieu.to_owned(), champ)
}

/// What the territory gives as the sum of its communes: counts, terms of rates.
fn est_une_somme(cle: &Nombre) -> bool {
    indicateur(&cle.0).is_some_and(|entree| match entree.agregation {
        Agregation::Somme => cle.3 == 'v',
        Agregation::SommeSurSomme => cle.3 != 'v',
        Agregation::Directe => false,
    })
}

pub(crate) fn est_petit(nombre: f64) -> bool {
    nombre > 0.0 && nombre < SEUIL
}

/// What an attacker finds of small numbers, in words; and how many he looked for.
pub(crate) fn attaquer(
    interne: &TableIndicateurs,
    montre: &TableIndicateurs,
    annee: i32,
    territoire: &str,
) -> (Vec<String>, usize) {
    let (vrais, mut montres) = (nombres(interne, annee), nombres(montre, annee));
    // He knows which numbers their source withholds, though the table does not tell: they are in no sum.
    montres.retain(|cle, _| vrais.contains_key(cle));
    // What is public whatever one does: he has it before anything sensitive is shown.
    let publics: BTreeMap<Nombre, Option<f64>> = vrais
        .iter()
        .map(|(cle, nombre)| {
            let public = ["am_agrees", "places_total", "naissances"].contains(&cle.0.as_str());
            (cle.clone(), nombre.filter(|_| public))
        })
        .collect();
    let [attaque, avant] = [&montres, &publics].map(|nombres| {
        let mut attaque = Attaque::new(nombres, territoire);
        // Whoever is at work holds an agrément, but where the two sources contradict each other.
        for actifs in vrais.keys().filter(|cle| cle.0 == "am_actifs") {
            let agrees = cle("am_agrees", "", &actifs.2, 'v');
            let vrai = |cle: &Nombre| vrais.get(cle).copied().flatten();
            if vrai(&agrees).zip(vrai(actifs)).is_some_and(|(agrees, actifs)| actifs <= agrees) {
                attaque.apprendre(nombres, &[(agrees, 1.0), (actifs.clone(), -1.0)], ComparisonOp::Ge);
            }
        }
        attaque
    });
    let (mut trouvailles, mut tentatives) = (Vec::new(), 0);
    // What is looked for is a sum of unknowns, and a number that everybody knows.
    let mut chercher = |nom: String, termes: &[(&Nombre, f64)], connu: f64| {
        let dans = |attaque: &Attaque| -> Option<Vec<(usize, f64)>> {
            termes.iter().map(|(cle, f)| Some((*attaque.inconnues.get(*cle)?, *f))).collect()
        };
        tentatives += 1;
        let Some(inconnus) = dans(&attaque) else {
            trouvailles.push(format!("{nom} est montré"));
            return;
        };
        let bornes = |attaque: &Attaque, inconnus: &[(usize, f64)]| {
            let (bas, haut) = attaque.bornes(inconnus);
            (bas + connu, haut + connu)
        };
        let (bas, haut) = bornes(&attaque, &inconnus);
        if haut >= SEUIL - 1e-4 && haut - bas >= SEUIL - 1e-4 {
            return;
        }
        let (bas_public, haut_public) = bornes(&avant, &dans(&avant).unwrap());
        let largeur = SEUIL.min(haut_public - bas_public);
        if haut < SEUIL.min(haut_public) - 1e-4 || haut - bas < largeur - 1e-4 {
            trouvailles.push(format!("{nom} : de {bas} à {haut} (public : {bas_public} à {haut_public})"));
        }
    };
    for (cle, nombre) in &vrais {
        let sensible =
            ["pyramide_ages", "part_55_plus", "am_actifs", "enfants_0_2"].contains(&cle.0.as_str());
        // How many ages are known says nothing about anybody: the small number is that of the numerator.
        let effectif = cle.0 == "part_55_plus" && cle.3 == 'd';
        if sensible && !effectif && !cle.1.starts_with("inconnu") && nombre.is_some_and(est_petit) {
            chercher(format!("{cle:?} = {nombre:?}"), &[(cle, 1.0)], 0.0);
        }
        let agrees = vrais.get(&self::cle("am_agrees", "", &cle.2, 'v')).copied().flatten();
        if let Some((agrees, actifs)) = agrees.zip(*nombre).filter(|_| cle.0 == "am_actifs")
            && est_petit(agrees - actifs)
        {
            chercher(format!("sans enfant, {}", cle.2), &[(cle, -1.0)], agrees);
        }
        let autres = vrais.get(&(cle.0.clone(), cle.1.clone(), cle.2.clone(), 'd'));
        if cle.0 == "part_55_plus" && cle.3 == 'n' {
            let denominateur = (cle.0.clone(), cle.1.clone(), cle.2.clone(), 'd');
            if autres.copied().flatten().zip(*nombre).is_some_and(|(d, n)| est_petit(d - n)) {
                chercher(format!("moins de 55 ans, {}", cle.2), &[(&denominateur, 1.0), (cle, -1.0)], 0.0);
            }
        }
    }
    (trouvailles, tentatives)
}

/// Small numbers of an age that are exactly known to whoever believes that zeros are always shown, unless that leads him to
/// believe something wrong as well; and how many he looked for.
fn croire(
    interne: &TableIndicateurs,
    montre: &TableIndicateurs,
    annee: i32,
    territoire: &str,
) -> (Vec<String>, usize) {
    let (vrais, montres) = (nombres(interne, annee), nombres(montre, annee));
    let mut attaque = Attaque::new(&montres, territoire);
    attaque.croire_que_tout_zero_est_montre(&montres);
    let (mut cherches, mut se_trompe) = (0, false);
    let mut trouvailles = Vec::new();
    for (cle, rang) in attaque.inconnues.iter().filter(|(_, rang)| attaque.quelqu_un.contains(rang)) {
        let Some(vrai) = vrais.get(cle).copied().flatten() else { continue };
        cherches += usize::from(est_petit(vrai));
        let Some((bas, haut)) = attaque.bornes_possibles(&[(*rang, 1.0)]) else { continue };
        se_trompe |= vrai < bas - 1e-4 || vrai > haut + 1e-4;
        if est_petit(vrai) && cle.1 != "inconnu" && haut - bas < 1.0 - 1e-4 {
            trouvailles.push(format!("{cle:?} = {vrai} : de {bas} à {haut}"));
        }
    }
    (if se_trompe { Vec::new() } else { trouvailles }, cherches)
}

/// Childminders by commune: class of age (the last is unknown), in a MAM or not; and the children.
#[derive(Debug, Clone)]
pub(crate) struct Commune {
    personnes: Vec<(usize, bool)>,
    actifs: usize,
    enfants: u32,
}

pub(crate) fn communes() -> impl Strategy<Value = Vec<Commune>> {
    let taille = prop_oneof![3 => 0usize..6, 3 => 6usize..20, 2 => 20usize..60];
    let commune = taille.prop_flat_map(|n| {
        let personne = (prop_oneof![9 => 3usize..9, 2 => 0usize..11], prop::bool::weighted(0.2));
        (prop::collection::vec(personne, n), 0..=n, prop_oneof![2 => 0u32..5, 1 => 5u32..80])
    });
    prop::collection::vec(commune, 1..6).prop_map(|communes| {
        communes
            .into_iter()
            .map(|(personnes, actifs, enfants)| Commune { personnes, actifs, enfants })
            .collect()
    })
}

pub(crate) const TERRITOIRE: &str = "200000000";

#[derive(Default)]
struct Lignes {
    cles: Vec<(String, String, String)>,
    nombres: Vec<[Option<f64>; 3]>,
    annees: Vec<i32>,
}

impl Lignes {
    fn compte(&mut self, id: &str, modalite: &str, lieu: &str, n: usize) {
        self.cles.push((id.to_owned(), modalite.to_owned(), lieu.to_owned()));
        self.nombres.push([Some(n as f64), None, None]);
    }

    fn rapport(&mut self, id: &str, lieu: &str, n: usize, d: usize) {
        self.cles.push((id.to_owned(), String::new(), lieu.to_owned()));
        let valeur = (d > 0).then(|| (1_000.0 * n as f64 / d as f64).round() / 10.0);
        self.nombres.push([valeur, Some(n as f64), Some(d as f64)]);
    }

    /// Every figure of a place.
    fn lieu(&mut self, lieu: &str, commune: &Commune) {
        let personnes = &commune.personnes;
        let compter = |garde: &dyn Fn(&(usize, bool)) -> bool| personnes.iter().filter(|p| garde(p)).count();
        let modalites: [(&str, &dyn Fn(bool) -> bool); 3] =
            [("", &|_| true), ("domicile", &|mam| !mam), ("mam", &|mam| mam)];
        for (exercice, garde) in modalites {
            self.compte("am_agrees", exercice, lieu, compter(&|p| garde(p.1)));
            for rang in 0..=CLASSES_AGE.len() {
                let classe = CLASSES_AGE.get(rang).map_or("inconnu", |c| c.0);
                let modalite =
                    if exercice.is_empty() { classe.to_owned() } else { format!("{classe}:{exercice}") };
                self.compte("pyramide_ages", &modalite, lieu, compter(&|p| p.0 == rang && garde(p.1)));
            }
        }
        let connus = CLASSES_AGE.len();
        self.rapport(
            "part_55_plus",
            lieu,
            compter(&|p| (7..connus).contains(&p.0)),
            compter(&|p| p.0 < connus),
        );
        self.compte("am_actifs", "", lieu, commune.actifs);
        self.rapport("taux_activite", lieu, commune.actifs, personnes.len());
        self.compte("places_total", "", lieu, 3 * personnes.len());
        self.compte("enfants_0_2", "", lieu, commune.enfants as usize);
        self.rapport("places_pour_100", lieu, 3 * personnes.len(), commune.enfants as usize);
    }

    fn table(self) -> TableIndicateurs {
        let n = self.cles.len();
        let statut = |nombres: &[Option<f64>; 3]| if nombres[0].is_some() { "observe" } else { "sans_objet" };
        let niveau = |lieu: &str| if lieu == TERRITOIRE { Niveau::Territoire } else { Niveau::Commune }.mot();
        let colonne = |champ: usize| self.nombres.iter().map(|x| x[champ]).collect::<Vec<Option<f64>>>();
        let trame = df!(
            "niveau" => self.cles.iter().map(|c| niveau(&c.2)).collect::<Vec<_>>(),
            "code" => self.cles.iter().map(|c| c.2.as_str()).collect::<Vec<_>>(),
            "nom" => vec![""; n],
            "annee" => (0..n).map(|rang| self.annees.get(rang).copied().unwrap_or(2024)).collect::<Vec<i32>>(),
            "date_observation" => vec![20_000i32; n],
            "indicateur" => self.cles.iter().map(|c| c.0.as_str()).collect::<Vec<_>>(),
            "modalite" => self.cles.iter().map(|c| c.1.as_str()).collect::<Vec<_>>(),
            "valeur" => colonne(0),
            "unite" => vec![""; n],
            "numerateur" => colonne(1),
            "denominateur" => colonne(2),
            "statut" => self.nombres.iter().map(statut).collect::<Vec<_>>(),
            "parties" => vec![1u32; n],
            "parties_attendues" => vec![1u32; n],
            "sources" => vec![""; n],
        );
        let trame = trame.unwrap().lazy().with_column(col("date_observation").cast(DataType::Date));
        TableIndicateurs::new(&trame.collect().unwrap()).unwrap()
    }
}

pub(crate) fn table(communes: &[Commune]) -> TableIndicateurs {
    let mut lignes = Lignes::default();
    let mut tout = Commune { personnes: Vec::new(), actifs: 0, enfants: 0 };
    for (rang, commune) in communes.iter().enumerate() {
        lignes.lieu(&format!("0100{rang}"), commune);
        tout.personnes.extend(&commune.personnes);
        tout.actifs += commune.actifs;
        tout.enfants += commune.enfants;
    }
    lignes.lieu(TERRITOIRE, &tout);
    lignes.table()
}

/// Figures of so many communes over ten years.
fn dix_ans(communes: usize) -> TableIndicateurs {
    let mut lignes = Lignes::default();
    for annee in 2015..2025i32 {
        let mut tout = Commune { personnes: Vec::new(), actifs: 0, enfants: 0 };
        for rang in 0..communes {
            let n = [0, 1, 2, 3, 4, 6, 8, 12, 20, 45][(rang * 7 + annee.unsigned_abs() as usize) % 10];
            let personnes: Vec<_> =
                (0..n).map(|i| ((i * i * 7 + rang * 3 + i) % 11, (i + rang) % 9 == 0)).collect();
            let commune =
                Commune { actifs: n - n / 6, personnes, enfants: u32::try_from(rang % 60).unwrap() };
            lignes.lieu(&format!("{rang:05}"), &commune);
            tout.personnes.extend(&commune.personnes);
            tout.actifs += commune.actifs;
            tout.enfants += commune.enfants;
        }
        lignes.lieu(TERRITOIRE, &tout);
        lignes.annees.resize(lignes.cles.len(), annee);
    }
    lignes.table()
}

/// Ten years of a relais, of a département, of more: how long, and how many.
/// `cargo test -- --ignored --nocapture ampleur`.
#[test]
#[ignore = "une mesure, pas une promesse"]
fn ampleur() {
    for communes in [15, 150, 900] {
        let table = dix_ans(communes);
        let depart = std::time::Instant::now();
        let retenus = publier(&table).retenus;
        eprintln!("{} lignes : {retenus:?} en {:?}", table.lignes(), depart.elapsed());
    }
}

pub(crate) fn publier(table: &TableIndicateurs) -> Divulgation {
    divulguer(table, Audience::Public, &[], &Reprises::en_memoire())
}

/// What is shown, with the rows that are not even shown to be withheld: the attacker of surveys is told that they exist.
pub(crate) fn completer(interne: &TableIndicateurs, montre: &TableIndicateurs) -> TableIndicateurs {
    let (mut complete, montree) = (interne.trame().unwrap(), montre.trame().unwrap());
    let cles = |trame: &DataFrame| -> Vec<(String, String, String, i32)> {
        let texte = |nom: &str| trame.column(nom).unwrap().str().unwrap().clone();
        let (codes, ids, modalites) = (texte("code"), texte("indicateur"), texte("modalite"));
        let annees = trame.column("annee").unwrap().i32().unwrap();
        let lire = |colonne: &StringChunked, rang| colonne.get(rang).unwrap().to_owned();
        (0..trame.height())
            .map(|r| (lire(&ids, r), lire(&modalites, r), lire(&codes, r), annees.get(r).unwrap()))
            .collect()
    };
    let rangs: BTreeMap<_, usize> = cles(&montree).into_iter().zip(0..).collect();
    let places: Vec<Option<usize>> = cles(&complete).iter().map(|cle| rangs.get(cle).copied()).collect();
    for nom in ["valeur", "numerateur", "denominateur"] {
        let nombres = montree.column(nom).unwrap().f64().unwrap();
        let nombres: Vec<Option<f64>> = places.iter().map(|place| nombres.get((*place)?)).collect();
        complete.with_column(Column::new(nom.into(), nombres)).unwrap();
    }
    let statuts = montree.column("statut").unwrap().str().unwrap();
    let statut =
        |place: &Option<usize>| place.map_or(Statut::Secret.mot(), |rang| statuts.get(rang).unwrap());
    let statuts: Vec<&str> = places.iter().map(statut).collect();
    complete.with_column(Column::new("statut".into(), statuts)).unwrap();
    TableIndicateurs::new(&complete).unwrap()
}

/// The table with only the rows withheld that hold a small number.
pub(crate) fn sans_secondaire(interne: &TableIndicateurs, montre: &TableIndicateurs) -> TableIndicateurs {
    let vraie = interne.trame().unwrap();
    let petit = |nom: &str| col(nom).gt(lit(0.0)).and(col(nom).lt(lit(SEUIL))).fill_null(lit(false));
    let petits = petit("valeur").or(petit("numerateur")).or(petit("denominateur"));
    let petits = vraie.clone().lazy().select([petits.alias("petit")]).collect().unwrap();
    let masque = petits.column("petit").unwrap().bool().unwrap();
    let mut trame = completer(interne, montre).trame().unwrap();
    for nom in ["valeur", "numerateur", "denominateur", "statut"] {
        let (retenue, entiere) = (trame.column(nom).unwrap(), vraie.column(nom).unwrap());
        let melange = retenue.as_materialized_series().zip_with(masque, entiere.as_materialized_series());
        trame.with_column(melange.unwrap().into_column()).unwrap();
    }
    TableIndicateurs::new(&trame).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn rien_de_retenu_ne_se_calcule(communes in communes()) {
        let interne = table(&communes);
        let (trouvailles, _) = attaquer(&interne, &publier(&interne).table, 2024, TERRITOIRE);
        prop_assert!(trouvailles.is_empty(), "{trouvailles:#?}");
    }

    #[test]
    fn retenu_ne_veut_pas_dire_quelqu_un(communes in communes()) {
        let interne = table(&communes);
        let (trouvailles, _) = croire(&interne, &publier(&interne).table, 2024, TERRITOIRE);
        prop_assert!(trouvailles.is_empty(), "{trouvailles:#?}");
    }

    #[test]
    fn ce_qui_est_public_reste_montre(communes in communes()) {
        let (interne, montre) = { let t = table(&communes); let m = publier(&t).table; (t, m) };
        let (vrais, montres) = (nombres(&interne, 2024), nombres(&montre, 2024));
        for (cle, nombre) in vrais.iter().filter(|(cle, _)| ["am_agrees", "places_total"].contains(&cle.0.as_str())) {
            prop_assert_eq!(montres.get(cle), Some(nombre));
        }
    }
}

/// So many persons in each class, all at home.
pub(crate) fn ages(effectifs: [usize; 10]) -> Commune {
    let personnes: Vec<_> =
        effectifs.iter().enumerate().flat_map(|(classe, n)| vec![(classe, false); *n]).collect();
    Commune { actifs: personnes.len(), personnes, enfants: 100 }
}

#[test]
fn sans_petit_nombre_rien_n_est_retenu() {
    let interne =
        table(&[ages([6, 7, 8, 9, 10, 11, 12, 13, 14, 15]), ages([0, 5, 0, 9, 10, 11, 30, 8, 0, 15])]);
    assert_eq!(publier(&interne).retenus.total(), 0);
}

/// Five persons of 65 and over, in five communes that do not show theirs: one each, if nobody else withholds a zero.
#[test]
fn autant_de_communes_muettes_que_de_personnes_n_en_denonce_aucune() {
    let avec = |n: usize| ages([0, 6, 7, 8, 9, 10, 11, 12, 8, n]);
    let communes = [avec(1), avec(1), avec(1), avec(1), avec(1), avec(0), avec(0)];
    let interne = table(&communes);
    let montre = publier(&interne).table;
    let vue = |niveau: Niveau, code: &str| {
        montre.figure(niveau, code, "pyramide_ages", "65_plus", 2024).and_then(|figure| figure.valeur)
    };
    assert_eq!(vue(Niveau::Territoire, TERRITOIRE), Some(5.0));
    let muettes = (0..7).filter(|rang| vue(Niveau::Commune, &format!("0100{rang}")).is_none()).count();
    assert_eq!(muettes, 6, "cinq, et une où il n’y a personne");
    let tus = nombres(&montre, 2024).into_values().filter(Option::is_none).count();
    assert!(tus <= 32, "{tus} chiffres tus, de {}", interne.lignes());
    let (trouvailles, cherches) = croire(&interne, &montre, 2024, TERRITOIRE);
    assert!(cherches >= 5 && trouvailles.is_empty(), "{cherches} {trouvailles:#?}");
}

/// The territory's row tells how many are under 30, and that of the largest commune how many of them are there: five remain,
/// in five classes of three communes, whatever single sum one looks at.
#[test]
fn deux_classes_ensemble_ne_denoncent_personne() {
    let interne = table(&[
        ages([2, 3, 17, 19, 19, 33, 56, 51, 17, 5]),
        ages([0, 0, 5, 6, 6, 6, 7, 7, 7, 0]),
        ages([1, 1, 5, 5, 5, 9, 0, 0, 0, 0]),
        ages([0, 1, 5, 5, 6, 0, 0, 0, 0, 0]),
        ages([1, 1, 5, 5, 5, 0, 0, 0, 0, 0]),
    ]);
    let montre = publier(&interne).table;
    let (trouvailles, cherches) = croire(&interne, &montre, 2024, TERRITOIRE);
    assert!(cherches >= 7 && trouvailles.is_empty(), "{cherches} {trouvailles:#?}");
    assert_eq!(attaquer(&interne, &montre, 2024, TERRITOIRE).0, Vec::<String>::new());
}

#[test]
fn l_attaquant_trouve_ce_qu_un_total_rend() {
    let interne =
        table(&[ages([6, 7, 8, 9, 10, 11, 12, 13, 14, 15]), ages([3, 5, 8, 9, 10, 11, 30, 8, 9, 15])]);
    let publique = publier(&interne);
    assert!(publique.retenus.secondaires > 0);
    assert_eq!(attaquer(&interne, &publique.table, 2024, TERRITOIRE).0, Vec::<String>::new());
    let naive = sans_secondaire(&interne, &publique.table);
    let (trouvailles, cherches) = attaquer(&interne, &naive, 2024, TERRITOIRE);
    assert_eq!((trouvailles.len(), cherches), (2, 2), "la classe et son détail : {trouvailles:#?}");
}

/// Where the ages of each commune are withheld as a whole, their sums and their shares must not give them back.
/// Most communes have no childminder: the attacker's programs stay small.
#[test]
fn d_un_departement_rien_de_retenu_ne_se_calcule() {
    let habitees = 9;
    let communes: Vec<Commune> = (0..=COMMUNES_DETAILLEES)
        .map(|rang| {
            let n = if rang < habitees { [3, 7, 12, 4, 20, 1, 33, 9, 15][rang] } else { 0 };
            let personnes = (0..n).map(|i| ((i * i * 7 + rang * 3 + i) % 11, (i + rang) % 9 == 0)).collect();
            Commune {
                personnes,
                actifs: n - n / 6,
                enfants: if n > 0 { 40 + 3 * u32::try_from(n).unwrap() } else { 0 },
            }
        })
        .collect();
    let interne = table(&communes);
    let montre = publier(&interne).table;
    let (trouvailles, cherches) = attaquer(&interne, &montre, 2024, TERRITOIRE);
    assert!(cherches > 30, "{cherches}");
    assert!(trouvailles.is_empty(), "{trouvailles:#?}");
}

#[test]
fn un_nombre_de_cinq_ou_plus_est_montre_par_commune() {
    let interne =
        table(&[ages([5, 7, 8, 9, 10, 11, 12, 13, 14, 15]), ages([3, 5, 8, 9, 10, 11, 30, 8, 9, 15])]);
    let montre = publier(&interne).table;
    let montree = |classe: &str| {
        montre.figure(Niveau::Commune, "01000", "pyramide_ages", classe, 2024).unwrap().statut
            == Statut::Observe
    };
    let montrees = CLASSES_AGE.iter().filter(|c| montree(c.0)).count();
    assert!(montrees >= 8, "{montrees} classes montrées sur dix");
}

#[test]
fn un_zero_parle_de_tout_son_groupe() {
    let petite = Commune { personnes: vec![(4, false), (5, false), (6, true)], actifs: 0, enfants: 30 };
    let grande = Commune { actifs: 0, ..ages([0, 9, 9, 9, 9, 9, 9, 9, 9, 9]) };
    let montre = publier(&table(&[petite, grande])).table;
    let statut =
        |code: &str, id: &str, m: &str| montre.figure(Niveau::Commune, code, id, m, 2024).unwrap().statut;
    assert_eq!(statut("01001", "am_actifs", ""), Statut::Observe, "0 sur 81");
    assert_eq!(statut("01001", "pyramide_ages", "moins_25"), Statut::Observe);
    assert_eq!(statut("01000", "pyramide_ages", "65_plus"), Statut::Secret, "0 sur 3");
}

#[test]
fn le_seul_inactif_d_un_village_n_est_pas_montre() {
    let actifs = |n: usize, actifs: usize| Commune { personnes: vec![(4, false); n], actifs, enfants: 30 };
    let montre = publier(&table(&[actifs(6, 5), actifs(8, 8), actifs(30, 25), actifs(40, 31)])).table;
    let statut = |code: &str, id: &str| montre.figure(Niveau::Commune, code, id, "", 2024).unwrap().statut;
    for id in ["am_actifs", "taux_activite"] {
        assert_eq!(statut("01000", id), Statut::Secret, "5 sur 6");
    }
    assert_eq!(statut("01000", "am_agrees"), Statut::Observe, "the list itself is public");
    assert_eq!(statut("01003", "taux_activite"), Statut::Observe, "31 sur 40");
}

/// « 54.5 years » of six persons says that three are 55 or more; beside the classes that are shown, of 34 persons too.
#[test]
fn un_age_median_ne_rend_aucune_classe_d_age() {
    let demo = demo();
    let interne = &demo.compte_rendu.table;
    let montre = publier(interne).table;
    let classe = |suivi: &Suivi<'_>, annee: i32, classe: &str| {
        let lieu = suivi.lieu();
        let figure = montre.figure(lieu.niveau, &lieu.code, "pyramide_ages", classe, annee);
        figure.and_then(|f| f.valeur)
    };
    let (mut montres, mut tus) = (0, 0);
    for suivi in montre.suivis_de("age_median") {
        for figure in suivi.figures() {
            let Some(personnes) = figure.denominateur.filter(|_| figure.valeur.is_some()) else {
                tus += usize::from(figure.statut == Statut::Secret);
                continue;
            };
            montres += 1;
            assert!(personnes >= 11.0, "{:?} {}", suivi.lieu(), figure.annee);
            // The classes of both persons in the middle are shown, and all on one side of them.
            let milieux = [(personnes / 2.0).ceil(), (personnes / 2.0).floor() + 1.0];
            let mut ordres = [CLASSES_AGE.to_vec(), CLASSES_AGE.iter().rev().copied().collect()].into_iter();
            let tient = ordres.any(|classes| {
                let mut cumul = 0.0;
                classes.iter().map_while(|c| classe(&suivi, figure.annee, c.0)).any(|nombre| {
                    cumul += nombre;
                    milieux.iter().all(|milieu| *milieu <= cumul)
                })
            });
            assert!(tient, "{:?} {}", suivi.lieu(), figure.annee);
        }
    }
    assert!(montres >= 6 && tus >= 10, "{montres} montrés, {tus} tus");
}

/// Everything that the files of the demonstration show, year by year.
#[test]
fn rien_de_retenu_dans_la_demonstration_ne_se_calcule() {
    let demo = demo();
    let interne = &demo.compte_rendu.table;
    let montre = publier(interne);
    let mut cherches = 0;
    for annee in [2019, 2022, 2024] {
        let (trouvailles, combien) = attaquer(interne, &montre.table, annee, &demo.compte_rendu.code);
        assert!(trouvailles.is_empty(), "{annee} : {trouvailles:#?}");
        cherches += combien;
        let (trouvailles, _) = croire(interne, &montre.table, annee, &demo.compte_rendu.code);
        assert!(trouvailles.is_empty(), "{annee} : {trouvailles:#?}");
    }
    assert!(cherches > 300, "{cherches} petits nombres");
    let naive = sans_secondaire(interne, &montre.table);
    assert!(!attaquer(interne, &naive, 2024, &demo.compte_rendu.code).0.is_empty());
}

/// As few as the rules ask: to be looked at when it grows.
#[test]
fn ce_que_la_demonstration_retient() {
    let demo = demo();
    let retenus = demo.compte_rendu.retenus[&Audience::Public];
    assert_eq!(retenus, demo.compte_rendu.retenus[&Audience::Elus]);
    assert_eq!(demo.compte_rendu.retenus[&Audience::Interne].total(), 0);
    let lues = publier(&demo.compte_rendu.table).table;
    let territoire =
        lues.figure(Niveau::Territoire, &demo.compte_rendu.code, "part_55_plus", "", 2024).unwrap();
    assert_eq!(territoire.statut, Statut::Observe, "la part des 55 ans et plus du territoire");
    assert!(retenus.secondaires * 5 < retenus.primaires, "{retenus:?}");
}

/// Rows of a table: identifier, modality, place, year; value, numerator, denominator; withheld or not.
pub(crate) type Rangee = (Identite, [Option<f64>; 3], bool);

/// Identifier, modality, place, year.
pub(crate) type Identite = (String, String, String, i32);

/// A column of numbers of a table: identifier, modality, which number of the row.
type Colonne = (String, String, usize);

pub(crate) fn rangees(table: &TableIndicateurs, prefixe: &str) -> Vec<Rangee> {
    let trame = table.trame().unwrap();
    let texte = |nom: &str| trame.column(nom).unwrap().str().unwrap().clone();
    let (codes, ids, modalites, statuts) =
        (texte("code"), texte("indicateur"), texte("modalite"), texte("statut"));
    let annees = trame.column("annee").unwrap().i32().unwrap().clone();
    let reels =
        ["valeur", "numerateur", "denominateur"].map(|nom| trame.column(nom).unwrap().f64().unwrap().clone());
    (0..trame.height())
        .filter(|rang| ids.get(*rang).unwrap().starts_with(prefixe))
        .map(|rang| {
            let lire = |c: &StringChunked| c.get(rang).unwrap().to_owned();
            let cle = (lire(&ids), lire(&modalites), lire(&codes), annees.get(rang).unwrap());
            let retenue = statuts.get(rang) == Some(Statut::Secret.mot());
            (cle, reels.each_ref().map(|c| c.get(rang)), retenue)
        })
        .collect()
}

/// Small counts of children found from the counts shown and from the changes shown, in words; how many were
/// looked for.
fn attaquer_les_annees(
    interne: &TableIndicateurs,
    montre: &TableIndicateurs,
    evolutions: &TableIndicateurs,
    territoire: &str,
) -> (Vec<String>, usize) {
    let lieu = |code: &str, annee: i32| format!("{code}@{annee}");
    let enfants: BTreeMap<Nombre, Option<f64>> = rangees(montre, "enfants_0_2")
        .iter()
        .filter(|(c, nombres, retenue)| c.0 == "enfants_0_2" && (*retenue || nombres[0].is_some()))
        .map(|(c, nombres, _)| (cle("enfants_0_2", "", &lieu(&c.2, c.3), 'v'), nombres[0]))
        .collect();
    let retenus = enfants.iter().filter(|(_, n)| n.is_none()).map(|(cle, _)| cle.clone());
    let mut attaque = Attaque { inconnues: retenus.zip(0..).collect(), ..Attaque::default() };
    for annee in montre.annees() {
        let de_l_annee = enfants.keys().filter(|c| c.2.ends_with(&format!("@{annee}")));
        let signe = |c: &Nombre| if c.2.starts_with(territoire) { -1.0 } else { 1.0 };
        let termes: Vec<(Nombre, f64)> = de_l_annee.map(|c| (c.clone(), signe(c))).collect();
        attaque.apprendre(&enfants, &termes, ComparisonOp::Eq);
    }
    for ((id, modalite, code, annee), nombres, _) in rangees(evolutions, "evolution_enfants") {
        if id != "evolution_enfants" {
            continue;
        }
        let horizon = modalite.rsplit_once(":n-").and_then(|(_, ans)| ans.parse::<i32>().ok());
        let Some((ans, ecart)) = horizon.zip(nombres[0]) else { continue };
        let mut savoir = enfants.clone();
        savoir.insert(cle("ecart", "", "", 'v'), Some(ecart));
        let cellule = |a: i32| cle("enfants_0_2", "", &lieu(&code, a), 'v');
        let termes = [(cellule(annee), 1.0), (cellule(annee - ans), -1.0), (cle("ecart", "", "", 'v'), -1.0)];
        attaque.apprendre(&savoir, &termes, ComparisonOp::Eq);
    }
    let (mut trouvailles, mut cherches) = (Vec::new(), 0);
    for (c, nombres, _) in rangees(interne, "enfants_0_2").iter().filter(|r| r.0.0 == "enfants_0_2") {
        let Some(vrai) = nombres[0].filter(|n| est_petit(*n)) else { continue };
        cherches += 1;
        let Some(rang) = attaque.inconnues.get(&cle("enfants_0_2", "", &lieu(&c.2, c.3), 'v')) else {
            trouvailles.push(format!("{} {} : {vrai} est montré", c.2, c.3));
            continue;
        };
        let (bas, haut) = attaque.bornes(&[(*rang, 1.0)]);
        if haut < SEUIL - 1e-4 || haut - bas < SEUIL - 1e-4 {
            trouvailles.push(format!("{} {} : de {bas} à {haut}", c.2, c.3));
        }
    }
    (trouvailles, cherches)
}

/// With the count of a year and its change, one has that of the other year.
#[test]
fn une_evolution_ne_rend_pas_l_effectif_d_une_autre_annee() {
    let communes = [("96001", "Bourg"), ("96002", "Hameau"), ("96003", "Village"), ("96004", "Ville")];
    let mut comptes = "Code commune;Année;Enfants de moins de 3 ans\n".to_owned();
    for (annee, effectifs) in [(2021, [40, 6, 12, 90]), (2023, [38, 3, 14, 95]), (2024, [36, 7, 13, 99])] {
        for ((code, _), n) in communes.iter().zip(effectifs) {
            comptes.push_str(&format!("{code};{annee};{n}\n"));
        }
    }
    let essai = Essai::new("2024-12-31", &communes).avec("comptes", "imaje", comptes).lancer();
    let montre = publier(&essai.table).table;
    let (trouvailles, cherches) = attaquer_les_annees(&essai.table, &montre, &montre, &essai.code);
    assert_eq!((trouvailles, cherches), (Vec::new(), 1), "les 3 enfants du hameau en 2023");
    let (trouvailles, _) = attaquer_les_annees(&essai.table, &montre, &essai.table, &essai.code);
    assert_eq!(trouvailles.len(), 1, "7 enfants, 4 de plus en un an : {trouvailles:#?}");
}

/// Columns of numbers that are the same wherever both are known: the numerator of a rate and the count that it is.
fn memes_nombres(rangees: &[Rangee]) -> Vec<[Colonne; 2]> {
    let mut colonnes: BTreeMap<Colonne, BTreeMap<(String, i32), f64>> = BTreeMap::new();
    for (c, nombres, _) in rangees {
        for (champ, nombre) in nombres.iter().enumerate() {
            // The value of a rate counts nobody.
            if let Some(nombre) = nombre.filter(|_| champ > 0 || nombres[1].is_none()) {
                let colonne = colonnes.entry((c.0.clone(), c.1.clone(), champ)).or_default();
                colonne.insert((c.2.clone(), c.3), nombre);
            }
        }
    }
    let mut paires = Vec::new();
    let colonnes: Vec<_> = colonnes.into_iter().collect();
    for (rang, (une, nombres)) in colonnes.iter().enumerate() {
        for (autre, siens) in &colonnes[rang + 1..] {
            let communs: Vec<f64> =
                nombres.iter().filter(|(ici, _)| siens.contains_key(ici)).map(|(_, n)| *n).collect();
            let egaux = nombres.iter().all(|(ici, n)| siens.get(ici).is_none_or(|autre| autre == n));
            let distincts: BTreeSet<u64> =
                communs.iter().filter(|n| **n != 0.0).map(|n| n.to_bits()).collect();
            if egaux && distincts.len() > 1 {
                paires.push([une.clone(), autre.clone()]);
            }
        }
    }
    paires
}

/// A rate is withheld when few persons are at its numerator, or are all but those: neither is to be read under another
/// name.
#[test]
fn un_taux_tu_ne_se_refait_pas_de_ses_termes() {
    let demo = demo();
    let interne = rangees(&demo.compte_rendu.table, "");
    let montres: BTreeMap<Identite, bool> = rangees(&publier(&demo.compte_rendu.table).table, "")
        .into_iter()
        .map(|(c, nombres, retenue)| (c, !retenue && nombres.iter().any(Option::is_some)))
        .collect();
    let interne: Vec<Rangee> = interne.into_iter().filter(|(c, ..)| !c.0.starts_with("enquete")).collect();
    let mut noms: BTreeMap<Colonne, Vec<(String, String)>> = BTreeMap::new();
    for [une, autre] in memes_nombres(&interne) {
        noms.entry(une.clone()).or_default().push((autre.0.clone(), autre.1.clone()));
        noms.entry(autre).or_default().push((une.0, une.1));
    }
    let (mut tus, mut trouvailles) = (0, Vec::new());
    for (c, nombres, _) in interne.iter().filter(|(c, ..)| montres.get(c) == Some(&false)) {
        let lu_ailleurs = |champ: usize| {
            let noms = noms.get(&(c.0.clone(), c.1.clone(), champ));
            noms.into_iter().flatten().any(|(id, modalite)| {
                montres.get(&(id.clone(), modalite.clone(), c.2.clone(), c.3)) == Some(&true)
            })
        };
        let [_, Some(n), Some(d)] = *nombres else { continue };
        tus += 1;
        let reste = d - n;
        if (est_petit(n) && lu_ailleurs(1)) || (est_petit(reste) && lu_ailleurs(1) && lu_ailleurs(2)) {
            trouvailles.push(format!("{c:?} : {n} sur {d}"));
        }
    }
    assert!(trouvailles.is_empty(), "{trouvailles:#?}");
    assert!(tus > 50, "{tus} taux tus");
}

/// The Caf gives no number from 1 to 4: of what it gave, a number withheld here would be 0, or 5 and more.
#[test]
fn qui_tait_un_nombre_ne_se_lit_pas() {
    let interne = &demo().compte_rendu.table;
    assert!(interne.statuts().any(|(statut, _)| statut == Statut::SecretSource));
    let montre = publier(interne).table;
    assert!(montre.statuts().all(|(statut, _)| statut != Statut::SecretSource));
    let trame = montre.trame().unwrap();
    let (statuts, parties) = (trame.column("statut").unwrap(), trame.column("parties").unwrap());
    let attendues = trame.column("parties_attendues").unwrap().u32().unwrap().clone();
    let lignes = statuts.str().unwrap().iter().zip(parties.u32().unwrap().iter()).zip(attendues.iter());
    let tus: Vec<_> = lignes.filter(|((s, _), n)| *s == Some("secret") && *n == Some(1)).collect();
    assert!(tus.len() > 100 && tus.iter().all(|((_, parties), _)| *parties == Some(0)));
    // Nor by which villages show their number: none of few childminders does.
    for suivi in montre.suivis_de("am_actifs").filter(|s| s.lieu().niveau == Niveau::Commune) {
        for figure in suivi.figures().filter(|f| f.valeur.is_some()) {
            let agrees = montre.figure(Niveau::Commune, &suivi.lieu().code, "am_agrees", "", figure.annee);
            let agrees = agrees.unwrap().valeur.unwrap();
            assert!(agrees == 0.0 || agrees >= 11.0, "{} {}", suivi.lieu().code, figure.annee);
        }
    }
}

const VILLAGES: [(&str, &str); 3] = [("96001", "Bourg"), ("96002", "Hameau"), ("96003", "Village")];

fn montre(essai: &Essai) -> TableIndicateurs {
    publier(&essai.lancer().table).table
}

fn vue(table: &TableIndicateurs, code: &str, id: &str, modalite: &str) -> Option<f64> {
    let niveau = if code == "essai" { Niveau::Territoire } else { Niveau::Commune };
    table.figure(niveau, code, id, modalite, 2024).unwrap().valeur
}

/// Six places free are those of one person.
#[test]
fn des_places_libres_sont_celles_de_cinq_personnes_au_moins() {
    let mut liste = "Nom;Prénom;Date de naissance;Commune;Places;Places libres\n".to_owned();
    liste.push_str("SEULE;Anne;01/03/1970;Hameau;6;6\n");
    for n in 0..9 {
        liste.push_str(&format!("NOM{n};Anne;0{}/03/1975;Bourg;4;2\n", n + 1));
    }
    let table = montre(&Essai::new("2024-12-31", &VILLAGES).avec("pmi", "pmi", liste));
    assert_eq!(vue(&table, "96002", "am_places", ""), Some(6.0), "its agrément is public");
    assert_eq!(vue(&table, "96002", "places_libres", ""), None);
    // One of these two would give it back with the other.
    let autres = ["96001", "essai"].map(|code| vue(&table, code, "places_libres", ""));
    assert!(autres.iter().flatten().count() == 1, "{autres:?}");
}

/// Two of forty who skip a question tell nothing, and how many answered the survey is shown; unless only those who gave a
/// certain answer were asked: the two are then those who gave the other one.
#[test]
fn se_taire_ne_dit_rien_si_la_question_est_posee_a_tous() {
    let repondants = |garde: &dyn Fn(usize) -> &'static str| {
        let mut texte = "Horodateur;Garde;Rythme\n".to_owned();
        for n in 0..40 {
            let rythme = if n < 2 { "" } else { ["Bon", "Passable", "Bon"][n % 3] };
            texte.push_str(&format!("01/02/2024;{};{rythme}\n", garde(n)));
        }
        let table = montre(&Essai::new("2024-12-31", &VILLAGES).avec("enquete", "questionnaire", texte));
        let figures =
            table.suivis_de("enquete_repondants").flat_map(|suivi| suivi.figures().collect::<Vec<_>>());
        figures.filter_map(|figure| figure.valeur).fold(0.0, f64::max)
    };
    assert_eq!(repondants(&|n| if n % 2 == 0 { "Oui" } else { "Non" }), 40.0);
    assert_eq!(repondants(&|n| if n < 2 { "Non" } else { "Oui" }), 0.0);
}

/// One place, and no want of any: that tells how many children there are, where their number is withheld.
#[test]
fn une_classe_ne_dit_pas_de_quel_cote_est_un_petit_nombre() {
    let mut liste =
        "Nom;Prénom;Date de naissance;Commune;Places\nSEULE;Anne;01/03/1970;Hameau;1\n".to_owned();
    for n in 0..9 {
        liste.push_str(&format!("NOM{n};Anne;0{}/03/1975;Bourg;4\n", n + 1));
    }
    let enfants = "Code commune;Commune;Enfants de moins de 3 ans;Enfants de moins de 3 ans dont les parents travaillent\n96001;Bourg;60;40\n96002;Hameau;12;1\n96003;Village;20;12\n";
    let essai = Essai::new("2024-12-31", &VILLAGES)
        .avec("pmi", "pmi", liste)
        .avec("recensement", "structures", "Type;Nom;Commune;Places\nCrèche;A;Bourg;20\n")
        .avec("caf", "imaje", enfants);
    let interne = essai.lancer().table;
    assert!(vue(&interne, "96002", "tension", "solde").is_some());
    let table = montre(&essai);
    assert_eq!(vue(&table, "96002", "enfants_0_2_parents_actifs", ""), None);
    assert_eq!(vue(&table, "96002", "tension", "solde"), None);
    assert_eq!(vue(&table, "96002", "tension", ""), None);
    assert!(vue(&table, "96001", "tension", "solde").is_some());
}

/// « Below eleven, no pyramid » is said of those in a MAM too, were it only zeros.
#[test]
fn de_moins_de_onze_personnes_en_mam_aucun_age_n_est_montre() {
    let demo = crate::commun::demo();
    for audience in ["elus", "public"] {
        let mut lecteur =
            csv::Reader::from_path(demo.fichier(&format!("{audience}/indicateurs.csv"))).unwrap();
        let lignes: Vec<csv::StringRecord> = lecteur.records().map(Result::unwrap).collect();
        let effectif = |lieu: (&str, &str), part: &str| {
            let ligne =
                lignes.iter().find(|l| (&l[1], &l[3], &l[5], &l[6]) == (lieu.0, lieu.1, "am_agrees", part));
            ligne.and_then(|l| l[7].parse::<f64>().ok())
        };
        let mut vues = 0;
        for ligne in lignes.iter().filter(|l| &l[5] == "pyramide_ages") {
            let Some((_, part)) = ligne[6].split_once(':') else { continue };
            if effectif((&ligne[1], &ligne[3]), part).is_some_and(|n| n > 0.0 && n < 11.0) {
                assert_eq!(&ligne[7], "", "{audience} {ligne:?}");
                vues += 1;
            }
        }
        assert!(vues > 50, "{audience} {vues}");
    }
}

/// Of sixteen of whom five tell their age, those five are few.
#[test]
fn peu_d_ages_connus_ne_se_montrent_pas() {
    let liste = |connus: u32| {
        let mut liste = "Nom;Prénom;Date de naissance;Commune;Places\n".to_owned();
        for (rang, commune) in [("Bourg", 30), ("Hameau", 16), ("Village", 20)].into_iter().enumerate() {
            for n in 0..commune.1 {
                let connu = commune.0 != "Hameau" || n < connus;
                let naissance =
                    if connu { format!("{:02}/03/{}", n % 28 + 1, 1965 + n % 20) } else { String::new() };
                liste.push_str(&format!("NOM{rang}X{n};Anne;{naissance};{};3\n", commune.0));
            }
        }
        montre(&Essai::new("2024-12-31", &VILLAGES).avec("pmi", "pmi", liste))
    };
    let (peu, assez) = (liste(5), liste(16));
    assert_eq!(vue(&peu, "96002", "part_55_plus", ""), None);
    assert!(vue(&assez, "96002", "part_55_plus", "").is_some());
    for (classe, ..) in observatoire::indicators::CLASSES_AGE {
        assert_eq!(vue(&peu, "96002", "pyramide_ages", classe), None, "{classe}");
    }
}

/// With the care used for the need, the balance of the territory gives each number of children that makes it.
#[test]
fn le_solde_du_recours_ne_rend_pas_un_petit_nombre() {
    let mut liste = "Nom;Prénom;Date de naissance;Commune;Places\n".to_owned();
    for n in 0..9 {
        liste.push_str(&format!("NOM{n};Anne;0{}/03/1975;Bourg;4\n", n + 1));
    }
    let enfants = |domicile: u32| {
        format!(
            "Code commune;Commune;enfants_eaje;enfants_am;enfants_cmg_domicile;enfants_cmg_structure\n96001;Bourg;15;20;{domicile};10\n96002;Hameau;6;9;0;0\n96003;Village;5;12;0;0\n"
        )
    };
    let essai = |domicile: u32| {
        Essai::new("2024-12-31", &VILLAGES)
            .avec_cles(
                "pmi",
                "pmi",
                "date = 2024-12-31\npersonne_dans = [\"96002\", \"96003\"]",
                liste.clone(),
            )
            .avec("recensement", "structures", "Type;Nom;Commune;Places\nCrèche;A;Bourg;20\n")
            .avec("caf", "imaje", enfants(domicile))
            .avec("activite", "activite", "annee;mesure;valeur\n2024;demandes sans solution;7\n")
            .parametres("[parametres]\nbesoin = \"recours\"\n")
    };
    let (petit, grand) = (montre(&essai(3)), montre(&essai(8)));
    assert_eq!(vue(&petit, "essai", "enfants_cmg_domicile", ""), None);
    assert_eq!(vue(&petit, "essai", "solde_places", ""), None);
    assert!(vue(&grand, "essai", "enfants_cmg_domicile", "").is_some());
    assert!(vue(&grand, "essai", "solde_places", "").is_some());
}

/// The particular needs of families stand beside the three modes that make the total, and hide nothing of that sum.
#[test]
fn le_total_des_demandes_ne_rend_pas_un_petit_nombre() {
    for particularite in ["", "2024;demandes en horaires atypiques;25\n"] {
        let lignes = format!(
            "annee;mesure;valeur\n2024;accueil collectif;60\n2024;auprès d’un assistant maternel;40\n2024;demandes de garde à domicile;4\n{particularite}"
        );
        let table = montre(&Essai::new("2024-12-31", &VILLAGES).avec("activite", "activite", lignes));
        let vue = |modalite| vue(&table, "essai", "demandes", modalite);
        assert_eq!(vue("domicile"), None);
        let montres = ["", "collectif", "am"].map(|modalite| vue(modalite).is_some());
        assert!(montres.contains(&true) && montres.contains(&false), "{particularite} {montres:?}");
    }
}

/// Whatever the age of retirement, the persons between two counts that are shown are none, or five.
#[test]
fn entre_deux_ages_montres_il_n_y_a_jamais_un_a_quatre_personnes() {
    for age in [62, 64, 66, 67, 69] {
        let copie = crate::commun::Copie::new();
        let choix = format!("[parametres.projection]\nage_retraite = {age}\n\n[correspondances]");
        copie.corriger_pipeline("[correspondances]", &choix);
        let table = publier(&copie.verifier().table).table;
        let mut compares = 0;
        for suivi in table.suivis_de("departs_5_ans") {
            let lieu = suivi.lieu();
            for figure in suivi.figures().filter(|f| f.valeur.is_some()) {
                let lire = |id: &str, modalite: &str| {
                    table.figure(lieu.niveau, &lieu.code, id, modalite, figure.annee)
                };
                let proches = figure.valeur.unwrap();
                let autres = [
                    lire("part_55_plus", "").and_then(|f| f.numerateur),
                    lire("part_60_plus", "").and_then(|f| f.numerateur),
                    lire("pyramide_ages", "65_plus").and_then(|f| f.valeur),
                ];
                for autre in autres.into_iter().flatten() {
                    let entre = (autre - proches).abs();
                    compares += 1;
                    assert!(entre == 0.0 || entre >= SEUIL, "{age} ans, {lieu:?} {} : {entre}", figure.annee);
                }
            }
        }
        assert!(compares > 10, "{age} ans : {compares}");
    }
}

/// Of few people, who came and who left would let their ages be followed from year to year; and a projection rests on their
/// ages. The relais sees both.
#[test]
fn de_peu_de_gens_rien_ne_suit_les_ages() {
    let liste = |nombre: usize, partis: usize| {
        let mut texte = "Nom;Prénom;Date de naissance;Commune;Places\n".to_owned();
        for n in partis..nombre + partis {
            texte.push_str(&format!("NOM{n};Anne;{:02}/03/{};Bourg;4\n", n % 28 + 1, 1960 + n % 30));
        }
        texte
    };
    for (nombre, flux, projections) in [(10, false, false), (12, false, true), (40, true, true)] {
        let mut essai = Essai::new("2024-12-31", &VILLAGES).avec("pmi", "pmi", liste(nombre, 4));
        for (ans, id) in ["pmi-1", "pmi-2", "pmi-3", "pmi-4"].into_iter().enumerate() {
            let cles = format!("date = {}-12-31", 2023 - ans);
            essai = essai.avec_cles(id, "pmi", &cles, liste(nombre, 3 - ans));
        }
        let interne = essai.lancer().table;
        let vu = publier(&interne).table;
        for (id, modalite, montre) in [
            ("am_arrivees", "", flux),
            ("am_departs", "", flux),
            ("taux_remplacement", "", flux),
            ("projection_am", "tendance", projections),
            ("projection_places", "sans_renouvellement:bas", projections),
            ("projection_erreur", "a_1_an", projections),
            ("projection_tenue", "", projections),
        ] {
            assert!(vue(&interne, "essai", id, modalite).is_some(), "{id} de {nombre}");
            assert_eq!(vue(&vu, "essai", id, modalite).is_some(), montre, "{id} de {nombre}");
        }
        assert!(vue(&vu, "essai", "am_agrees", "").is_some());
    }
}
