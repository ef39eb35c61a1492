//! What the figures of a survey add up to, and under how many names the same number of persons stands.

use super::systeme::{AUCUN, Systeme};
use std::collections::BTreeMap;

/// Names of the four indicators of surveys.
const REPONDANTS: &str = "enquete_repondants";
const TAUX: &str = "enquete_taux_reponse";
const REPONSES: &str = "enquete_reponses";
const MOYENNE: &str = "enquete_moyenne";

/// A sum: its total, and its parts.
type Somme = (u32, Vec<u32>);

/// The rows of a survey of one place and year, by what they speak of.
#[derive(Default)]
struct Enquete<'t> {
    /// By what stands before the profile and by profile (« question=groupe », empty for all).
    repondants: BTreeMap<(&'t str, &'t str), u32>,
    taux: BTreeMap<(&'t str, &'t str), u32>,
    moyennes: BTreeMap<(&'t str, &'t str), u32>,
    /// By question and profile, each option and its row.
    reponses: BTreeMap<(&'t str, &'t str), Vec<(&'t str, u32)>>,
}

/// Every sum that may be true of the surveys of the table. Whether it is, their figures tell: the options of a multiple
/// choice do not make those who answered.
pub(super) fn sommes(systeme: &Systeme<'_>) -> Vec<Somme> {
    let modalites = systeme.modalites();
    let rangs = [REPONDANTS, TAUX, REPONSES, MOYENNE].map(|id| systeme.rang_de(id).unwrap_or(AUCUN));
    let mut enquetes: BTreeMap<(u32, i32), Enquete<'_>> = BTreeMap::new();
    for (rang, ligne) in (0u32..).zip(&systeme.lignes) {
        let Some(genre) = rangs.iter().position(|r| *r == ligne.indicateur && *r != AUCUN) else { continue };
        let texte = modalites[ligne.modalite as usize].as_str();
        let (corps, profil) = texte.split_once('@').unwrap_or((texte, ""));
        let enquete = enquetes.entry((ligne.lieu, ligne.annee)).or_default();
        match genre {
            0 => _ = enquete.repondants.insert((corps, profil), rang),
            1 => _ = enquete.taux.insert((corps, profil), rang),
            2 => {
                let question = corps.rsplit_once('/').map_or(corps, |(question, _)| question);
                enquete.reponses.entry((question, profil)).or_default().push((corps, rang));
            }
            _ => _ = enquete.moyennes.insert((corps, profil), rang),
        }
    }
    enquetes.values().flat_map(|enquete| enquete.sommes(systeme)).collect()
}

impl Enquete<'_> {
    fn sommes(&self, systeme: &Systeme<'_>) -> Vec<Somme> {
        let variable = |rang: u32, champ: usize| systeme.lignes[rang as usize].variables[champ];
        let (valeur, numerateur, denominateur) =
            (|r: u32| variable(r, 0), |r: u32| variable(r, 1), |r: u32| variable(r, 2));
        let mut sommes: Vec<Somme> = Vec::new();
        for ((question, profil), options) in &self.reponses {
            let rangs = || options.iter().map(|(_, rang)| *rang);
            let repondu = rangs().next().map_or(AUCUN, denominateur);
            sommes.push((repondu, rangs().map(numerateur).collect()));
            // How many answered is said beside each option, in the rate of answer, and with the mean.
            sommes.extend(rangs().skip(1).map(|rang| (repondu, vec![denominateur(rang)])));
            let taux = self.taux.get(&(*question, *profil));
            sommes.extend(taux.map(|rang| (repondu, vec![numerateur(*rang)])));
            let moyenne = self.moyennes.get(&(*question, *profil));
            sommes.extend(moyenne.map(|rang| (repondu, vec![denominateur(*rang)])));
        }
        // How many were asked is how many they are.
        for ((question, profil), taux) in &self.taux {
            let questionnaire = question.split('/').next().unwrap_or_default();
            let tous = self.repondants.get(&(questionnaire, *profil));
            sommes.extend(tous.map(|tous| (valeur(*tous), vec![denominateur(*taux)])));
        }
        // A group is those who gave the answer that makes it.
        for ((questionnaire, profil), groupe) in &self.repondants {
            let Some((question, option)) = profil.split_once('=') else { continue };
            let (question, option) =
                (format!("{questionnaire}/{question}"), format!("{questionnaire}/{question}/{option}"));
            let reponses = self.reponses.get(&(question.as_str(), "")).into_iter().flatten();
            let reponse = reponses.into_iter().find(|(nom, _)| *nom == option);
            sommes.extend(reponse.map(|(_, rang)| (numerateur(*rang), vec![valeur(*groupe)])));
        }
        sommes.extend(par_profil(self.repondants.iter().map(|((c, p), r)| (*c, *p, *r)), &[&valeur]));
        for des_questions in [&self.taux, &self.moyennes] {
            let lignes = des_questions.iter().map(|((c, p), r)| (*c, *p, *r));
            sommes.extend(par_profil(lignes, &[&numerateur, &denominateur]));
        }
        let reponses = self.reponses.iter();
        let reponses = reponses.flat_map(|((_, p), options)| options.iter().map(|(c, r)| (*c, *p, *r)));
        sommes.extend(par_profil(reponses, &[&numerateur, &denominateur]));
        sommes
    }
}

/// The groups of a profile make the whole, for each number of the rows.
fn par_profil<'t>(
    lignes: impl Iterator<Item = (&'t str, &'t str, u32)>,
    nombres: &[&dyn Fn(u32) -> u32],
) -> Vec<Somme> {
    let mut entiers: BTreeMap<&str, u32> = BTreeMap::new();
    let mut groupes: BTreeMap<(&str, &str), Vec<u32>> = BTreeMap::new();
    for (corps, profil, rang) in lignes {
        match profil.split_once('=') {
            None => _ = entiers.insert(corps, rang),
            Some((profil, _)) => groupes.entry((corps, profil)).or_default().push(rang),
        }
    }
    let mut sommes = Vec::new();
    for ((corps, _), parties) in groupes {
        let Some(entier) = entiers.get(corps) else { continue };
        sommes.extend(nombres.iter().map(|n| (n(*entier), parties.iter().map(|rang| n(*rang)).collect())));
    }
    sommes
}
