//! What the figures of a survey add up to, and under how many names the same number of persons stands: whoever has read
//! the questionnaire knows it.

use super::systeme::{AUCUN, Systeme, dit_quelque_chose};
use crate::indicators::{ModaliteEnquete, Niveau, Suivi, TableIndicateurs};
use std::collections::{BTreeMap, BTreeSet};

/// The indicators of surveys, in the order of [`Genre`].
const INDICATEURS: [&str; 4] =
    ["enquete_repondants", "enquete_taux_reponse", "enquete_reponses", "enquete_moyenne"];

/// Which of them a row is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Genre {
    Repondants,
    Taux,
    Reponse,
    Moyenne,
}

impl Genre {
    const TOUS: [Self; 4] = [Self::Repondants, Self::Taux, Self::Reponse, Self::Moyenne];

    /// The numbers of a row that count persons: the numerator of a mean adds marks up.
    fn champs(self) -> &'static [usize] {
        match self {
            Self::Repondants => &[0],
            Self::Taux | Self::Reponse => &[1, 2],
            Self::Moyenne => &[2],
        }
    }
}

/// What stands before the profile (« questionnaire/question/réponse »), and the profile (« question=groupe », empty for
/// all).
type Objet<'t> = (&'t str, &'t str);

/// The rows of a survey of one place and year.
#[derive(Default)]
struct Enquete<'t> {
    lignes: BTreeMap<(Genre, Objet<'t>), u32>,
    /// By question and profile, each option and its row.
    reponses: BTreeMap<Objet<'t>, Vec<(&'t str, u32)>>,
}

/// The parts of whole rows along one way of cutting them: the groups of a profile, or the communes.
type Coupe<'t> = BTreeMap<(Genre, &'t str), (u32, Vec<u32>)>;

/// The table without the groups (a commune, a profile) of which nothing is shown in a survey: a row tells that somebody of
/// the group answered, and there is none where nobody did.
pub(super) fn sans_les_groupes_muets(table: TableIndicateurs) -> TableIndicateurs {
    // A group of one survey; none for all who answered it.
    let groupe = |suivi: Suivi<'_>, annee: i32| {
        let ModaliteEnquete { questionnaire, profil, .. } = ModaliteEnquete::lire(suivi.modalite());
        let est_une_partie = suivi.lieu().niveau == Niveau::Commune || profil.is_some();
        est_une_partie.then(|| (suivi.numero_de_lieu(), questionnaire, profil, annee))
    };
    let (mut groupes, mut montres) = (BTreeSet::new(), BTreeSet::new());
    for suivi in INDICATEURS.iter().flat_map(|id| table.suivis_de(id)) {
        for (annee, statut, _) in suivi.nombres() {
            groupes.extend(groupe(suivi, annee));
            montres.extend(groupe(suivi, annee).filter(|_| dit_quelque_chose(statut)));
        }
    }
    if groupes == montres {
        return table;
    }
    table.omettre(&INDICATEURS, |suivi, annee| {
        groupe(suivi, annee).is_some_and(|groupe| !montres.contains(&groupe))
    })
}

/// Tells the system every sum that may be true of the surveys of the table. Whether it is, their figures tell: the
/// options of a multiple choice do not make those who answered, of the whole territory; that they do in one commune is
/// an accident which nobody can know of.
pub(super) fn relier<'a>(systeme: &mut Systeme<'a>) {
    let modalites = systeme.modalites();
    let rangs = INDICATEURS.map(|id| systeme.rang_de(id).unwrap_or(AUCUN));
    let mut enquetes: BTreeMap<(u32, i32), (Niveau, Enquete<'a>)> = BTreeMap::new();
    for (rang, ligne) in (0u32..).zip(&systeme.lignes) {
        let genre = rangs.iter().position(|r| *r == ligne.indicateur && *r != AUCUN);
        let Some(genre) = genre.map(|rang| Genre::TOUS[rang]) else { continue };
        let texte = modalites[ligne.modalite as usize].as_str();
        let objet = texte.split_once('@').unwrap_or((texte, ""));
        let (_, enquete) =
            enquetes.entry((ligne.lieu, ligne.annee)).or_insert((ligne.niveau, Enquete::default()));
        enquete.lignes.insert((genre, objet), rang);
        if genre == Genre::Reponse {
            enquete.reponses.entry((question(objet.0), objet.1)).or_default().push((objet.0, rang));
        }
    }
    let communes: Vec<(i32, &Enquete<'a>)> = enquetes
        .iter()
        .filter(|(_, (niveau, _))| *niveau == Niveau::Commune)
        .map(|((_, annee), (_, enquete))| (*annee, enquete))
        .collect();
    let a_un_choix: BTreeSet<(i32, &str)> = enquetes
        .iter()
        .filter(|(_, (niveau, _))| *niveau == Niveau::Territoire)
        .flat_map(|((_, annee), (_, enquete))| enquete.a_un_choix(systeme).map(|question| (*annee, question)))
        .collect();
    for ((_, annee), (niveau, enquete)) in &enquetes {
        enquete.relier_les_noms(systeme, |question| a_un_choix.contains(&(*annee, question)));
        for coupe in enquete.par_profil().values() {
            enquete.relier_une_coupe(systeme, coupe);
        }
        if *niveau == Niveau::Territoire {
            let siennes: Vec<&Enquete<'a>> =
                communes.iter().filter(|(autre, _)| autre == annee).map(|(_, e)| *e).collect();
            let coupe = enquete.par_commune(&siennes);
            enquete.relier_une_coupe(systeme, &coupe);
            enquete.relier_les_places(systeme, &coupe);
        }
    }
}

/// The questions, by year, that were put to everybody: those who kept silent say nothing by it. One that is only for those
/// who gave a certain answer to another has as silences those who did not give it: then that answer has as many givers
/// at least as this question, and not everybody.
pub(super) fn posees_a_tous<'a>(systeme: &Systeme<'a>) -> BTreeSet<(i32, &'a str)> {
    let modalites = systeme.modalites();
    let de_tous = |id: &str| {
        let indicateur = systeme.rang_de(id);
        let lignes = systeme
            .lignes
            .iter()
            .filter(move |ligne| ligne.niveau == Niveau::Territoire && Some(ligne.indicateur) == indicateur);
        lignes
            .map(|ligne| (ligne.annee, modalites[ligne.modalite as usize].as_str(), ligne.variables))
            .filter(|(_, modalite, _)| !modalite.contains('@'))
    };
    let valeur = |v: u32| systeme.variables.get(v as usize).map_or(f64::NAN, |v| v.valeur);
    let questionnaire = |corps: &'a str| corps.split('/').next().unwrap_or_default();
    let mut donnees: BTreeMap<(i32, &str), Vec<(&str, f64)>> = BTreeMap::new();
    for (annee, modalite, variables) in de_tous("enquete_reponses") {
        let reponse = (question(modalite), valeur(variables[1]));
        donnees.entry((annee, questionnaire(modalite))).or_default().push(reponse);
    }
    let posees = de_tous("enquete_taux_reponse").filter(|(annee, corps, variables)| {
        let (repondu, demande) = (valeur(variables[1]), valeur(variables[2]));
        let reponses = donnees.get(&(*annee, questionnaire(corps))).map_or(&[][..], Vec::as_slice);
        !reponses.iter().any(|(autre, n)| autre != corps && (repondu..demande).contains(n))
    });
    posees.map(|(annee, corps, _)| (annee, corps)).collect()
}

fn question(corps: &str) -> &str {
    corps.rsplit_once('/').map_or(corps, |(question, _)| question)
}

fn variable(systeme: &Systeme<'_>, rang: u32, champ: usize) -> u32 {
    systeme.lignes[rang as usize].variables[champ]
}

impl<'t> Enquete<'t> {
    fn ligne(&self, genre: Genre, objet: Objet<'_>) -> Option<u32> {
        self.lignes.get(&(genre, objet)).copied()
    }

    /// The same persons, or the same number of them, in several rows.
    fn relier_les_noms(&self, systeme: &mut Systeme<'_>, est_a_un_choix: impl Fn(&str) -> bool) {
        let mut noms: Vec<(u32, u32)> = Vec::new();
        for ((question, profil), options) in &self.reponses {
            let repondu = options.first().map_or(AUCUN, |(_, rang)| variable(systeme, *rang, 2));
            let dites: Vec<u32> = options.iter().map(|(_, rang)| variable(systeme, *rang, 1)).collect();
            if est_a_un_choix(question) {
                systeme.relier_si_vrai(repondu, &dites);
            } else {
                systeme.relier_des_choix(repondu, &dites);
            }
            // How many answered is said beside each option, and in the rate of answer.
            noms.extend(options.iter().skip(1).map(|(_, rang)| (repondu, variable(systeme, *rang, 2))));
            let taux = self.ligne(Genre::Taux, (question, profil));
            noms.extend(taux.map(|rang| (repondu, variable(systeme, rang, 1))));
        }
        for ((genre, (corps, profil)), rang) in &self.lignes {
            match genre {
                Genre::Moyenne => {
                    let taux = self.ligne(Genre::Taux, (corps, profil));
                    noms.extend(taux.map(|taux| (variable(systeme, taux, 1), variable(systeme, *rang, 2))));
                }
                // How many were asked is how many they are.
                Genre::Taux => {
                    let questionnaire = corps.split('/').next().unwrap_or_default();
                    let tous = self.ligne(Genre::Repondants, (questionnaire, profil));
                    noms.extend(tous.map(|tous| (variable(systeme, tous, 0), variable(systeme, *rang, 2))));
                }
                // A group is those who gave the answer that makes it.
                Genre::Repondants => {
                    let Some((question, option)) = profil.split_once('=') else { continue };
                    let reponse = self.ligne(Genre::Reponse, (&format!("{corps}/{question}/{option}"), ""));
                    noms.extend(
                        reponse.map(|reponse| (variable(systeme, reponse, 1), variable(systeme, *rang, 0))),
                    );
                }
                // Those of a group who gave an answer are, if both make groups, those of the other who gave that one.
                Genre::Reponse => {
                    let mut parties = corps.splitn(3, '/');
                    let (Some(questionnaire), Some(question), Some(option), Some((autre, groupe))) =
                        (parties.next(), parties.next(), parties.next(), profil.split_once('='))
                    else {
                        continue;
                    };
                    let (corps, profil) =
                        (format!("{questionnaire}/{autre}/{groupe}"), format!("{question}={option}"));
                    let retournee = self.ligne(Genre::Reponse, (&corps, &profil));
                    let retournee = retournee.filter(|r| r > rang);
                    noms.extend(retournee.map(|r| (variable(systeme, *rang, 1), variable(systeme, r, 1))));
                }
            }
        }
        for (un, autre) in noms {
            systeme.relier_les_noms(un, autre);
        }
    }

    /// By profile, the whole rows and their groups.
    fn par_profil(&self) -> BTreeMap<&'t str, Coupe<'t>> {
        let mut coupes: BTreeMap<&str, Coupe<'_>> = BTreeMap::new();
        for ((genre, (corps, profil)), rang) in &self.lignes {
            let Some((profil, _)) = profil.split_once('=') else { continue };
            let Some(entier) = self.ligne(*genre, (corps, "")) else { continue };
            let coupe = coupes.entry(profil).or_default();
            coupe.entry((*genre, corps)).or_insert((entier, Vec::new())).1.push(*rang);
        }
        coupes
    }

    fn par_commune(&self, communes: &[&Self]) -> Coupe<'t> {
        let entiers = self.lignes.iter().filter(|((_, (_, profil)), _)| profil.is_empty());
        let coupe = entiers.map(|((genre, (corps, _)), rang)| {
            let parties = communes.iter().filter_map(|commune| commune.ligne(*genre, (corps, "")));
            ((*genre, *corps), (*rang, parties.collect()))
        });
        coupe.collect()
    }

    /// The parts make the whole, but for those who are in none: who did not answer the question of the profile, who is
    /// not of a commune. These are no group that anyone knows, and are not protected for themselves; but of them too, no
    /// more gave an answer than answered.
    fn relier_une_coupe(&self, systeme: &mut Systeme<'_>, coupe: &Coupe<'_>) {
        for ((genre, corps), (entier, parties)) in coupe {
            let restes = genre.champs().iter().map(|champ| {
                let total = variable(systeme, *entier, *champ);
                let parties: Vec<u32> = parties.iter().map(|rang| variable(systeme, *rang, *champ)).collect();
                systeme.relier_les_parties(total, &parties)
            });
            let restes: Vec<Option<u32>> = restes.collect();
            let parmi = match genre {
                // The options of a single choice tell it already, by their sum.
                Genre::Reponse => !self.fait_la_somme(systeme, question(corps)),
                // Who keeps silent in a group keeps silent in the whole.
                Genre::Taux => true,
                Genre::Repondants | Genre::Moyenne => false,
            };
            if let ([Some(ont_dit), Some(ont_repondu)], true) = (restes.as_slice(), parmi) {
                systeme.relier_les_parties(*ont_repondu, &[*ont_dit]);
            }
        }
    }

    /// The questions whose answers make those who answered them.
    fn a_un_choix(&self, systeme: &Systeme<'_>) -> impl Iterator<Item = &'t str> {
        let questions = self.reponses.keys().filter(|(_, profil)| profil.is_empty());
        questions.map(|(question, _)| *question).filter(|question| self.fait_la_somme(systeme, question))
    }

    /// True if the answers to a question make those who answered it.
    fn fait_la_somme(&self, systeme: &Systeme<'_>, question: &str) -> bool {
        let options = self.reponses.get(&(question, "")).map_or(&[][..], Vec::as_slice);
        let valeur = |rang: u32, champ: usize| {
            systeme.variables.get(variable(systeme, rang, champ) as usize).map_or(0.0, |v| v.valeur)
        };
        let somme: f64 = options.iter().map(|(_, rang)| valeur(*rang, 1)).sum();
        options.first().is_some_and(|(_, rang)| (valeur(*rang, 2) - somme).abs() < 0.5)
    }

    /// Those who told their commune are at least those of the communes of the territory. The table does not say which
    /// question asks for it: it is one that has neither answers nor a mean.
    fn relier_les_places(&self, systeme: &mut Systeme<'_>, coupe: &Coupe<'_>) {
        for ((genre, (corps, profil)), rang) in &self.lignes {
            let repondue = self.reponses.contains_key(&(*corps, ""))
                || self.ligne(Genre::Moyenne, (corps, "")).is_some();
            if *genre != Genre::Taux || !profil.is_empty() || repondue {
                continue;
            }
            let questionnaire = corps.split('/').next().unwrap_or_default();
            let Some((_, communes)) = coupe.get(&(Genre::Repondants, questionnaire)) else { continue };
            let parties: Vec<u32> = communes.iter().map(|commune| variable(systeme, *commune, 0)).collect();
            let total = variable(systeme, *rang, 1);
            systeme.relier_les_parties(total, &parties);
        }
    }
}
