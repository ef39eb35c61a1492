//! The attacker of surveys: what the figures of a questionnaire that are shown say of those that are withheld. Written from
//! what the questionnaire means, without the product's own relations.

use crate::commun::demo;
use crate::commun::essai::Essai;
use crate::divulgation::{
    Attaque, Identite, Nombre, Rangee, SEUIL, cle, completer, est_petit, publier, rangees, sans_secondaire,
};
use microlp::ComparisonOp;
use observatoire::disclosure::{Audience, divulguer};
use observatoire::indicators::{Statut, TableIndicateurs};
use observatoire::pipeline::{CompteRendu, lancer};
use observatoire::reprises::Reprises;
use polars::prelude::SerReader;
use polars_io::parquet::read::ParquetReader;
use proptest::prelude::*;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs::{self, File};

/// Fewest persons of whom the answers to a question are shown.
const MINIMUM: f64 = 11.0;

/// A total and its parts.
type Relation = (Nombre, Vec<Nombre>);

/// What anyone who has read the questionnaire knows of its figures: the answers to a question add up to those who
/// answered, in each group too; the groups to all; a group is those who gave the answer that makes it; and how many
/// answered stands in several places. Then the parts that may leave somebody out: groups of a profile, communes; and the
/// parts that may count somebody twice: the answers to a multiple choice.
fn ce_que_dit_un_questionnaire(
    vraies: &[Rangee],
    territoire: &str,
) -> (Vec<Relation>, BTreeSet<Vec<Nombre>>, Vec<Relation>) {
    let nombre = |c: &Identite, champ: char| cle(&c.0, &c.1, &etiquette(c), champ);
    let corps = |c: &Identite| c.1.split('@').next().unwrap_or_default().to_owned();
    let profil = |c: &Identite| c.1.split_once('@').map_or("", |(_, p)| p).to_owned();
    let autre = |c: &Identite, id: &str, corps: &str, profil: &str| {
        let arobase = if profil.is_empty() { "" } else { "@" };
        (id.to_owned(), format!("{corps}{arobase}{profil}"), c.2.clone(), c.3)
    };
    let mut relations: Vec<Relation> = Vec::new();
    let mut options: BTreeMap<Identite, Vec<&Identite>> = BTreeMap::new();
    let mut groupes: BTreeMap<(Nombre, String), Vec<Nombre>> = BTreeMap::new();
    for (c, ..) in vraies {
        let (corps, profil) = (corps(c), profil(c));
        match c.0.as_str() {
            "enquete_reponses" => {
                let question = corps.rsplit_once('/').unwrap().0;
                options.entry(autre(c, "enquete_taux_reponse", question, &profil)).or_default().push(c);
            }
            "enquete_taux_reponse" => {
                let tous = autre(c, "enquete_repondants", corps.split('/').next().unwrap(), &profil);
                relations.push((nombre(&tous, 'v'), vec![nombre(c, 'd')]));
            }
            "enquete_moyenne" => {
                let taux = autre(c, "enquete_taux_reponse", &corps, &profil);
                relations.push((nombre(&taux, 'n'), vec![nombre(c, 'd')]));
            }
            _ => {
                if let Some((question, option)) = profil.split_once('=') {
                    let reponse = autre(c, "enquete_reponses", &format!("{corps}/{question}/{option}"), "");
                    relations.push((nombre(&reponse, 'n'), vec![nombre(c, 'v')]));
                }
            }
        }
        let champs: &[char] = match c.0.as_str() {
            "enquete_repondants" => &['v'],
            "enquete_moyenne" => &['d'],
            _ => &['n', 'd'],
        };
        let coupe = profil.split_once('=').map(|(question, _)| (question, autre(c, &c.0, &corps, "")));
        let ensemble = || (c.0.clone(), corps.clone(), territoire.to_owned(), c.3);
        let coupe = coupe.or_else(|| (profil.is_empty() && c.2 != territoire).then(|| ("", ensemble())));
        if let Some((question, entier)) = coupe {
            for champ in champs {
                let entier = nombre(&entier, *champ);
                groupes.entry((entier, question.to_owned())).or_default().push(nombre(c, *champ));
            }
        }
    }
    let ont_dit = |c: &Identite| vraies.iter().find(|r| r.0 == *c).and_then(|r| r.1[1]);
    let a_un_choix = |taux: &Identite| {
        let entier = autre(taux, "enquete_taux_reponse", &corps(taux), "");
        let entier = (entier.0, entier.1, territoire.to_owned(), entier.3);
        let siennes = options.get(&entier).into_iter().flatten();
        siennes.map(|c| ont_dit(c)).sum::<Option<f64>>() == ont_dit(&entier)
    };
    let mut au_moins: Vec<Relation> = Vec::new();
    for (taux, options) in &options {
        // That the answers to a multiple choice make, by accident, those who answered, nobody knows; but whoever answered
        // gave one at least.
        let somme = (nombre(taux, 'n'), options.iter().map(|c| nombre(c, 'n')).collect());
        if a_un_choix(taux) {
            relations.push(somme);
        } else {
            au_moins.push(somme);
        }
        relations.extend(options.iter().map(|c| (nombre(taux, 'n'), vec![nombre(c, 'd')])));
    }
    let coupes = groupes.values().cloned().collect();
    relations.extend(groupes.into_iter().map(|((entier, _), parties)| (entier, parties)));
    (relations, coupes, au_moins)
}

fn etiquette(c: &Identite) -> String {
    format!("{}|{}|{}|{}", c.0, c.1, c.2, c.3)
}

/// What an attacker finds in a survey.
struct Butin {
    /// Small numbers of persons, in words.
    trouvailles: Vec<String>,
    cherches: usize,
    relations: usize,
    inconnues: usize,
}

/// Looks for each small number by what every sum says alone, until none says more; then for some of them, at even
/// distances, by all the sums together.
fn attaquer_les_enquetes(
    interne: &TableIndicateurs,
    montre: &TableIndicateurs,
    territoire: &str,
    par_programme: usize,
) -> Butin {
    let (vraies, montrees) = (rangees(interne, "enquete"), rangees(&completer(interne, montre), "enquete"));
    let nombres = |rangees: &[Rangee]| -> BTreeMap<Nombre, Option<f64>> {
        let termes = rangees.iter().flat_map(|(c, n, retenue)| {
            let dire = move |champ: char, nombre: Option<f64>| {
                (*retenue || nombre.is_some()).then(|| (cle(&c.0, &c.1, &etiquette(c), champ), nombre))
            };
            let valeur = if c.0 == "enquete_repondants" { dire('v', n[0]) } else { None };
            [valeur, dire('n', n[1]), dire('d', n[2])]
        });
        termes.flatten().collect()
    };
    let (vrais, montres) = (nombres(&vraies), nombres(&montrees));
    let retenus =
        montres.iter().filter(|(c, n)| n.is_none() && vrais.contains_key(*c)).map(|(c, _)| c.clone());
    let mut attaque = Attaque { inconnues: retenus.zip(0..).collect(), ..Attaque::default() };
    let mut relations = 0;
    let (savoirs, groupes, au_moins) = ce_que_dit_un_questionnaire(&vraies, territoire);
    // Those of a group, of a commune, who kept silent, or who gave another answer, are among those of all who did.
    let de_la_meme = |total: &Nombre, parties: &[Nombre]| {
        total.3 == 'n' && parties.iter().all(|partie| (&partie.0, partie.3) == (&total.0, 'n'))
    };
    let suivis = savoirs
        .iter()
        .filter(|(total, parties)| de_la_meme(total, parties) && groupes.contains(parties))
        .cloned();
    for (total, parties) in suivis.collect::<Vec<_>>() {
        let parmi = |nombre: &Nombre| (nombre.0.clone(), nombre.1.clone(), nombre.2.clone(), 'd');
        let autres = |nombre: Nombre, signe: f64| [(parmi(&nombre), signe), (nombre, -signe)];
        let parties = parties.into_iter().flat_map(|partie| autres(partie, -1.0));
        let termes: Vec<(Nombre, f64)> = autres(total, 1.0).into_iter().chain(parties).collect();
        if termes.iter().all(|(nombre, _)| vrais.contains_key(nombre)) {
            attaque.apprendre(&montres, &termes, ComparisonOp::Ge);
            relations += 1;
        }
    }
    for (total, parties) in savoirs {
        let somme: Option<f64> = parties.iter().map(|p| vrais.get(p).copied().flatten()).sum();
        let vrai = vrais.get(&total).copied().flatten();
        if somme.is_some() && somme == vrai {
            let termes: Vec<(Nombre, f64)> =
                std::iter::once((total, -1.0)).chain(parties.iter().map(|p| (p.clone(), 1.0))).collect();
            attaque.apprendre(&montres, &termes, ComparisonOp::Eq);
            relations += 1;
        } else if somme.zip(vrai).is_some_and(|(somme, vrai)| somme < vrai) && groupes.contains(&parties) {
            // Who did not answer the question of the profile, who is of no commune.
            let termes: Vec<(Nombre, f64)> =
                std::iter::once((total, 1.0)).chain(parties.iter().map(|p| (p.clone(), -1.0))).collect();
            attaque.apprendre(&montres, &termes, ComparisonOp::Ge);
            relations += 1;
        }
    }
    for (total, parties) in au_moins {
        let termes: Vec<(Nombre, f64)> =
            std::iter::once((total, -1.0)).chain(parties.into_iter().map(|p| (p, 1.0))).collect();
        attaque.apprendre(&montres, &termes, ComparisonOp::Ge);
        relations += 1;
    }
    for (c, ..) in &vraies {
        let de = |champ| cle(&c.0, &c.1, &etiquette(c), champ);
        if c.0 != "enquete_moyenne" {
            attaque.apprendre(&montres, &[(de('d'), 1.0), (de('n'), -1.0)], ComparisonOp::Ge);
        }
    }
    let petits =
        vrais.iter().filter(|(c, n)| c.0 != "enquete_moyenne" && c.3 != 'd' && n.is_some_and(est_petit));
    let petits: Vec<_> = petits.collect();
    let pas = petits.len().div_ceil(par_programme.max(1)).max(1);
    let seules = une_somme_apres_l_autre(&attaque);
    let mut trouvailles = Vec::new();
    for (numero, (cle, vrai)) in petits.iter().enumerate() {
        let Some(rang) = attaque.inconnues.get(*cle) else {
            trouvailles.push(format!("{} = {vrai:?} est montré", cle.2));
            continue;
        };
        let par_programme = numero.is_multiple_of(pas).then(|| attaque.bornes(&[(*rang, 1.0)]));
        let (bas, haut) = par_programme.unwrap_or(seules[*rang]);
        // Of a group that says itself how many it is, no more than it is.
        let tous = (cle.0.clone(), cle.1.clone(), cle.2.clone(), 'd');
        let montre = montres.get(&tous).copied().flatten();
        let possible = SEUIL.min(montre.unwrap_or(f64::INFINITY));
        if haut < possible - 1e-4 || haut - bas < possible - 1e-4 {
            trouvailles.push(format!("{} = {vrai:?} : de {bas} à {haut}", cle.2));
        }
    }
    trouvailles.extend(moyennes_trouvees(&vraies, &montrees, territoire));
    trouvailles.extend(reponses_de_peu(&vraies, &montrees, territoire));
    Butin { trouvailles, cherches: petits.len(), relations, inconnues: attaque.inconnues.len() }
}

/// Least and greatest value of each unknown, by each sum and what is known of its other terms, as long as that says
/// more.
fn une_somme_apres_l_autre(attaque: &Attaque) -> Vec<(f64, f64)> {
    let mut bornes = vec![(0.0_f64, 1e5_f64); attaque.inconnues.len()];
    for _ in 0..100 {
        let mut plus_etroites = false;
        for (termes, comparaison, reste) in &attaque.savoirs {
            for (rang, facteur) in termes {
                // What the others leave at least and at most for this term.
                let (mut au_moins, mut au_plus) = (*reste, *reste);
                for (autre, f) in termes.iter().filter(|(autre, _)| autre != rang) {
                    let (bas, haut) = bornes[*autre];
                    au_moins -= (f * bas).max(f * haut);
                    au_plus -= (f * bas).min(f * haut);
                }
                if matches!(comparaison, ComparisonOp::Ge) {
                    au_plus = f64::INFINITY;
                }
                let (a, b) = (au_moins / facteur, au_plus / facteur);
                let (bas, haut) = bornes[*rang];
                let serrees = (bas.max(a.min(b)), haut.min(a.max(b)));
                plus_etroites |= serrees.0 > bas + 1e-6 || serrees.1 < haut - 1e-6;
                bornes[*rang] = serrees;
            }
        }
        if !plus_etroites {
            break;
        }
    }
    bornes
}

/// Withheld means that are what those of the other groups of a profile leave of all.
fn moyennes_trouvees(vraies: &[Rangee], montrees: &[Rangee], territoire: &str) -> Vec<String> {
    let montrees: BTreeMap<&Identite, bool> = montrees.iter().map(|(c, _, retenue)| (c, !retenue)).collect();
    let moyennes = vraies.iter().filter(|(c, ..)| c.0 == "enquete_moyenne");
    let mut groupes: BTreeMap<Identite, BTreeMap<String, Vec<&Rangee>>> = BTreeMap::new();
    for rangee in moyennes {
        let c = &rangee.0;
        if let Some((corps, profil)) = c.1.split_once('@') {
            let entier = (c.0.clone(), corps.to_owned(), c.2.clone(), c.3);
            let question = profil.split('=').next().unwrap_or_default().to_owned();
            groupes.entry(entier).or_default().entry(question).or_default().push(rangee);
        } else if c.2 != territoire {
            let entier = (c.0.clone(), c.1.clone(), territoire.to_owned(), c.3);
            groupes.entry(entier).or_default().entry(String::new()).or_default().push(rangee);
        }
    }
    let vrai = |c: &Identite| vraies.iter().find(|r| r.0 == *c).map(|r| r.1);
    let mut trouvailles = Vec::new();
    for (entier, coupes) in groupes {
        let Some([_, Some(marques), Some(tous)]) = vrai(&entier) else { continue };
        for parties in coupes.values() {
            let somme = |champ: usize| parties.iter().filter_map(|r| r.1[champ]).sum::<f64>();
            let fait_le_tout = (somme(1) - marques).abs() < 1e-6 && (somme(2) - tous).abs() < 1e-6;
            let ensemble = std::iter::once(&entier).chain(parties.iter().map(|r| &r.0));
            let tues: Vec<&Identite> = ensemble.filter(|c| montrees.get(c) == Some(&false)).collect();
            if let ([seule], true) = (tues.as_slice(), fait_le_tout) {
                trouvailles.push(format!("{} : une seule moyenne tue", etiquette(seule)));
            }
        }
    }
    trouvailles
}

/// Answers that are shown although fewer than eleven persons gave them; and that nobody answered a question, shown of one to
/// four persons who were asked, where others of the territory did.
fn reponses_de_peu(vraies: &[Rangee], montrees: &[Rangee], territoire: &str) -> Vec<String> {
    let montre: BTreeSet<&Identite> = montrees.iter().filter(|r| !r.2).map(|r| &r.0).collect();
    let est_une_reponse = |c: &Identite| matches!(c.0.as_str(), "enquete_reponses" | "enquete_moyenne");
    let de_peu = vraies.iter().filter(|(c, n, _)| {
        est_une_reponse(c) && n[2].is_some_and(|n| n > 0.0 && n < MINIMUM) && montre.contains(c)
    });
    let mut trouvailles: Vec<String> =
        de_peu.map(|(c, n, _)| format!("{} : de {:?} personnes", etiquette(c), n[2])).collect();
    let taux = vraies.iter().filter(|(c, ..)| c.0 == "enquete_taux_reponse");
    for (c, n, _) in taux.clone() {
        let corps = c.1.split('@').next().unwrap_or_default();
        let personne = n[1] == Some(0.0) && n[2].is_some_and(est_petit);
        let ailleurs = |(autre, n, _): &Rangee| {
            (autre.1.as_str(), autre.2.as_str(), autre.3) == (corps, territoire, c.3) && n[1] > Some(0.0)
        };
        if personne && taux.clone().any(ailleurs) {
            let profil = c.1.split_once('@').map_or("", |(_, profil)| profil);
            let la_dit = |autre: &&Identite| {
                let (sien, son_profil) = autre.1.split_once('@').unwrap_or((&autre.1, ""));
                let question = if autre.0 == "enquete_reponses" {
                    sien.rsplit_once('/').map_or("", |(question, _)| question)
                } else {
                    sien
                };
                autre.0 != "enquete_repondants"
                    && (question, son_profil, &autre.2, autre.3) == (corps, profil, &c.2, c.3)
            };
            trouvailles.extend(
                montre.iter().copied().filter(la_dit).map(|c| format!("{} : personne", etiquette(c))),
            );
        }
    }
    trouvailles
}

/// A made-up survey: who is asked what, and how many answer.
#[derive(Debug, Clone)]
struct Sondage {
    /// Questions that make groups, each with so many options; and whether everybody answers them.
    profils: Vec<usize>,
    tous_ont_un_profil: bool,
    /// Single choices, multiple choices, numbers in turn.
    questions: usize,
    reponses: usize,
    communes: usize,
    graine: u64,
}

const COMMUNES: [(&str, &str); 4] =
    [("96001", "Bourg"), ("96002", "Hameau"), ("96003", "Village"), ("96004", "Ville")];

impl Sondage {
    fn questionnaire(&self) -> String {
        let cles: Vec<String> = (0..self.profils.len()).map(|rang| format!("\"p{rang}\"")).collect();
        let mut texte = format!(
            "cle = \"sondage\"\ntitre = \"Sondage\"\npublic = \"parents\"\ncroiser_par = [{}]\n\
             [[questions]]\ncle = \"commune\"\nentete = \"Commune\"\ntype = \"commune\"\n",
            cles.join(", ")
        );
        for (rang, options) in self.profils.iter().enumerate() {
            write!(
                texte,
                "[[questions]]\ncle = \"p{rang}\"\nentete = \"Profil {rang}\"\ntype = \"unique\"\n"
            )
            .unwrap();
            writeln!(texte, "options = [{}]", liste(*options)).unwrap();
        }
        for rang in 0..self.questions {
            let (genre, reste) = match Self::genre(rang) {
                "nombre" => ("nombre", String::new()),
                "multiple" => {
                    ("multiple", format!("separateur = \"|\"\noptions = [{}]\n", liste(Self::options(rang))))
                }
                genre => (genre, format!("options = [{}]\n", liste(Self::options(rang)))),
            };
            write!(
                texte,
                "[[questions]]\ncle = \"q{rang}\"\nentete = \"Question {rang}\"\ntype = \"{genre}\"\n{reste}"
            )
            .unwrap();
        }
        texte
    }

    fn genre(rang: usize) -> &'static str {
        if rang % 5 == 1 {
            "multiple"
        } else if rang % 7 == 2 {
            "nombre"
        } else {
            "unique"
        }
    }

    fn options(rang: usize) -> usize {
        3 + rang % 4
    }

    fn fichier(&self) -> String {
        let mut hasard = ChaCha8Rng::seed_from_u64(self.graine);
        let mut texte = "Commune".to_owned();
        (0..self.profils.len()).for_each(|rang| write!(texte, ";Profil {rang}").unwrap());
        (0..self.questions).for_each(|rang| write!(texte, ";Question {rang}").unwrap());
        // The first option is given as often as all the others, of which some are rare.
        let choisir = |hasard: &mut ChaCha8Rng, options: usize| {
            let rang = if hasard.random_bool(0.5) { 0 } else { hasard.random_range(0..options) };
            nom(rang.min(hasard.random_range(0..options)))
        };
        for _ in 0..self.reponses {
            let commune = COMMUNES[..self.communes].choose(&mut hasard).filter(|_| hasard.random_bool(0.9));
            write!(texte, "\n{}", commune.map_or("", |c| c.1)).unwrap();
            for options in &self.profils {
                let tait = !self.tous_ont_un_profil && hasard.random_bool(0.1);
                let reponse = choisir(&mut hasard, *options);
                write!(texte, ";{}", if tait { "" } else { reponse.as_str() }).unwrap();
            }
            for rang in 0..self.questions {
                let reponse = match Self::genre(rang) {
                    "nombre" => hasard.random_range(0..10).to_string(),
                    // Most give one answer, as to a single choice.
                    "multiple" => {
                        let premiere = choisir(&mut hasard, Self::options(rang));
                        let toutes = (0..Self::options(rang)).map(nom);
                        let dites = toutes.filter(|dite| *dite == premiere || hasard.random_bool(0.1));
                        dites.collect::<Vec<_>>().join("|")
                    }
                    _ => choisir(&mut hasard, Self::options(rang)),
                };
                let tait = rang % 2 == 1 && hasard.random_bool(0.1);
                write!(texte, ";{}", if tait { "" } else { reponse.as_str() }).unwrap();
            }
        }
        texte
    }

    /// What the pipeline makes of it, and the table that it publishes.
    fn lancer(&self) -> (CompteRendu, TableIndicateurs) {
        let dossier = tempfile::tempdir().unwrap();
        let essai = Essai::new("2024-12-31", &COMMUNES[..self.communes]).avec_cles(
            "sondage",
            "questionnaire",
            "date = 2024-06-30\nquestionnaire = \"sondage\"\nlibelle = \"Sondage\"",
            self.fichier(),
        );
        let pipeline = essai.ecrire(dossier.path());
        fs::create_dir_all(dossier.path().join("pipelines/questionnaires")).unwrap();
        fs::write(dossier.path().join("pipelines/questionnaires/sondage.toml"), self.questionnaire())
            .unwrap();
        let mut options = crate::commun::options(dossier.path());
        options.livrables = vec!["indicateurs".to_owned()];
        let rapport = lancer(&pipeline, &options, &crate::commun::Muet).unwrap();
        let publiee = File::open(rapport.dossier.join("public/indicateurs.parquet")).unwrap();
        let publiee = TableIndicateurs::new(&ParquetReader::new(publiee).finish().unwrap()).unwrap();
        (rapport, publiee)
    }
}

fn nom(rang: usize) -> String {
    format!("Choix {}", rang + 1)
}

fn liste(options: usize) -> String {
    (0..options).map(|rang| format!("\"{}\"", nom(rang))).collect::<Vec<_>>().join(", ")
}

fn sondages() -> impl Strategy<Value = Sondage> {
    let profils = prop::collection::vec(2_usize..5, 0..3);
    (profils, prop::bool::ANY, 1_usize..7, 5_usize..80, 1_usize..=4, any::<u64>()).prop_map(
        |(profils, tous_ont_un_profil, questions, reponses, communes, graine)| Sondage {
            profils,
            tous_ont_un_profil,
            questions,
            reponses,
            communes,
            graine,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 80, ..ProptestConfig::default() })]
    /// Groups that everybody is in or not, none, one or two ways to make them, every type of question.
    #[test]
    fn rien_de_retenu_d_un_sondage_quelconque_ne_se_calcule(sondage in sondages()) {
        let (rapport, publiee) = sondage.lancer();
        let butin = attaquer_les_enquetes(&rapport.table, &publiee, &rapport.code, 40);
        prop_assert!(butin.trouvailles.is_empty(), "{:#?}", butin.trouvailles);
    }
}

/// A place whose cells are too many for one linear program of the nearest: what the nearest do not say is not for that
/// reason what public figures tell.
#[test]
fn rien_de_retenu_d_une_grande_enquete_ne_se_calcule() {
    let sondage = Sondage {
        profils: vec![4, 5],
        tous_ont_un_profil: false,
        questions: 40,
        reponses: 60,
        communes: 1,
        graine: 1,
    };
    let (rapport, publiee) = sondage.lancer();
    let attaquer = |montre| attaquer_les_enquetes(&rapport.table, montre, &rapport.code, 3);
    let butin = attaquer(&publiee);
    assert!(butin.trouvailles.is_empty(), "{:#?}", butin.trouvailles);
    assert!(butin.inconnues > 2_500, "{} nombres tus", butin.inconnues);
    assert!(!attaquer(&sans_secondaire(&rapport.table, &publiee)).trouvailles.is_empty());
}

#[test]
fn rien_de_retenu_d_une_enquete_ne_se_calcule() {
    let demo = demo();
    let interne = &demo.compte_rendu.table;
    let montre = publier(interne).table;
    let butin = attaquer_les_enquetes(interne, &montre, &demo.compte_rendu.code, usize::MAX);
    eprintln!("{} petits nombres de réponses cherchés, {} relations", butin.cherches, butin.relations);
    assert!(butin.trouvailles.is_empty(), "{:#?}", butin.trouvailles);
    assert!(butin.cherches > 10 && butin.relations > 10, "{} {}", butin.cherches, butin.relations);
    // Without what is withheld for the sake of others, he finds some.
    let butin =
        attaquer_les_enquetes(interne, &sans_secondaire(interne, &montre), &demo.compte_rendu.code, 0);
    assert!(!butin.trouvailles.is_empty());
}

#[test]
fn une_moyenne_ne_dit_pas_les_reponses_qui_sont_tues() {
    let demo = crate::commun::demo();
    let table = divulguer(&demo.compte_rendu.table, Audience::Public, &[], &Reprises::en_memoire()).table;
    let segment = |modalite: &str| modalite.split_once('@').map_or(String::new(), |(_, s)| format!("@{s}"));
    let (mut montrees, mut tues) = (0, 0);
    for moyenne in table.suivis_de("enquete_moyenne") {
        let question = moyenne.modalite().split('@').next().unwrap_or_default();
        for figure in moyenne.figures() {
            let mut reponses = table
                .suivis_de("enquete_reponses")
                .filter(|r| {
                    r.lieu() == moyenne.lieu() && segment(r.modalite()) == segment(moyenne.modalite())
                })
                .filter(|r| r.modalite().starts_with(&format!("{question}/")))
                .flat_map(|r| r.figures().filter(|f| f.annee == figure.annee).collect::<Vec<_>>());
            let cachee = reponses.any(|reponse| reponse.statut == Statut::Secret);
            assert!(!(cachee && figure.valeur.is_some()), "{} {}", moyenne.lieu().nom, moyenne.modalite());
            montrees += usize::from(figure.valeur.is_some());
            tues += usize::from(cachee);
        }
    }
    assert!(tues > 0, "la démonstration tait des réponses notées ({montrees} moyennes montrées)");
}

/// A survey that one person of a village answered, or nobody: what is shown is the same, row for row.
#[test]
fn qu_une_seule_personne_d_un_village_ait_repondu_ne_se_voit_pas() {
    let montre = |villages: &[&str]| {
        let mut texte = "Horodateur;Commune;Garde\n".to_owned();
        for (n, village) in std::iter::repeat_n(&"Bourg", 30).chain(villages).enumerate() {
            writeln!(texte, "01/02/2024;{village};{}", ["Oui", "Non"][n % 2]).unwrap();
        }
        let communes = [("96001", "Bourg"), ("96002", "Hameau"), ("96003", "Village"), ("96004", "Lieu")];
        let essai = Essai::new("2024-12-31", &communes).avec("enquete", "questionnaire", texte);
        publier(&essai.lancer().table).table
    };
    let lignes = |table: &TableIndicateurs| {
        let suivis = table.suivis().filter(|suivi| suivi.indicateur().starts_with("enquete"));
        suivis.map(|s| (s.lieu().code.clone(), s.modalite().to_owned())).collect::<BTreeSet<_>>()
    };
    let un = montre(&["Hameau", "Village", "Village", "Lieu", "Lieu"]);
    let autre = montre(&["Village", "Village", "Village", "Lieu", "Lieu"]);
    assert_eq!(lignes(&un), lignes(&autre));
    assert!(lignes(&un).iter().any(|(code, _)| code == "96001"), "ce qui est montré l’est toujours");
    let nombreux = montre(&["Hameau"; 12]);
    assert!(lignes(&nombreux).iter().any(|(code, _)| code == "96002"));
}
