//! A question of a survey: one bar per answer, with its share and how many gave it; a scale is its distribution,
//! with the mean in the subtitle.

use super::cadre::{HAUTEUR, Habillage, LARGEUR, Zone, citer, notes, sous_titre};
use super::phrase;
use super::toile::{Image, Legende, Texte, Toile, couper};
use crate::deliverables::look::{self, Couleur, ESPACE_INSECABLE, Graisse, corps, palette};
use crate::deliverables::{Contexte, ErreurLivrable};
use crate::indicators::{Figure, ModaliteEnquete, Niveau, Question, Questionnaire, TypeQuestion};

/// Width of the names of the answers, mm.
const NOMS: f64 = 52.0;
/// Room for the share and the count beyond the longest bar, mm.
const BOUT: f64 = 24.0;
/// Highest row, mm.
const RANGEE_MAX: f64 = 11.0;

/// Questions that have a chart: questionnaire and question.
pub(super) fn questions<'a>(contexte: &Contexte<'a>) -> Vec<(&'a Questionnaire, &'a Question)> {
    let dessinee = |q: &&Question| {
        matches!(q.genre, TypeQuestion::Unique | TypeQuestion::Multiple | TypeQuestion::Echelle)
    };
    let de = |q: &'a Questionnaire| q.questions.iter().filter(dessinee).map(move |question| (q, question));
    contexte.questionnaires.values().flat_map(de).collect()
}

/// The questions that ask for a mark: name of the picture, mean of the last year, greatest mark.
pub(crate) fn moyennes(contexte: &Contexte<'_>) -> Vec<(String, Figure, i32)> {
    let moyenne = |(questionnaire, question): (&Questionnaire, &Question)| {
        let (lue, sur) = (lire(contexte, questionnaire, question)?.moyenne?, question.maximum?);
        Some((nom(questionnaire, question), lue, sur))
    };
    questions(contexte).into_iter().filter_map(moyenne).collect()
}

/// The name of the files of a question.
pub(super) fn nom(questionnaire: &Questionnaire, question: &Question) -> String {
    format!("enquete-{}-{}", questionnaire.cle, question.cle).replace('_', "-")
}

/// The answers to draw, each with its label.
struct Reponses {
    lignes: Vec<(String, Figure)>,
    moyenne: Option<Figure>,
}

/// Draws a question in its last year; none if nothing of it may be shown.
pub(super) fn dessiner(
    contexte: &Contexte<'_>,
    (questionnaire, question): (&Questionnaire, &Question),
) -> Result<Option<Image>, ErreurLivrable> {
    let Some(reponses) = lire(contexte, questionnaire, question) else { return Ok(None) };
    let figures = || reponses.lignes.iter().map(|(_, f)| f);
    let (annee, n) = (figures().map(|f| f.annee).max(), figures().find_map(|f| f.denominateur));
    let repondants = n.map(|n| format!("{} ayant répondu", look::compter(n, "personne", "personnes")));
    let moyenne = reponses.moyenne.as_ref().and_then(|f| f.valeur).map(|m| {
        let sur = question.maximum.map(|n| format!(" sur {n}")).unwrap_or_default();
        format!("moyenne{ESPACE_INSECABLE}: {}{sur}", look::nombre(m, 2))
    });
    let multiple = match question.genre {
        TypeQuestion::Multiple => "Plusieurs réponses possibles\u{a0}: la somme peut dépasser 100\u{202f}%. ",
        _ => "",
    };
    let habillage = Habillage {
        titre: question.libelle().to_owned(),
        sous_titre: sous_titre(&[
            &format!("{}, {}", questionnaire.titre, annee.unwrap_or_default()),
            repondants.as_deref().unwrap_or_default(),
            moyenne.as_deref().unwrap_or_default(),
        ]),
        note: format!("{multiple}{}", notes(figures().map(|f| ("", f)), "Barre hachurée")).trim().to_owned(),
        source: citer(contexte, figures()),
    };
    let mut toile = Toile::new(LARGEUR, HAUTEUR);
    let zone = habillage.poser(&mut toile);
    reponses.tracer(&mut toile, zone, contexte.apparence.teintes().premiere);
    let description = super::decrire(&habillage, &reponses.en_mots());
    let nom = nom(questionnaire, question);
    toile.terminer(&nom, Legende { titre: habillage.titre, description }).map(Some)
}

fn lire(contexte: &Contexte<'_>, questionnaire: &Questionnaire, question: &Question) -> Option<Reponses> {
    let item = ModaliteEnquete::question(&questionnaire.cle, &question.cle, None);
    let derniere = |id: &str, modalite: &ModaliteEnquete| {
        let serie =
            contexte.table.serie(Niveau::Territoire, contexte.code_territoire, id, &modalite.to_string());
        serie.into_iter().rfind(|f| f.annee <= contexte.annee)
    };
    let mut cles = question.cles_des_reponses();
    cles.push(Questionnaire::AUTRE.to_owned());
    let lignes: Vec<(String, Figure)> = cles
        .iter()
        .filter_map(|cle| {
            let figure = derniere("enquete_reponses", &item.avec_option(cle))?;
            Some((question.libelle_option(cle).to_owned(), figure))
        })
        .collect();
    let montrable = lignes.iter().any(|(_, f)| f.statut.est_connu());
    let moyenne = question.echelle().and_then(|_| derniere("enquete_moyenne", &item));
    montrable.then_some(Reponses { lignes, moyenne })
}

impl Reponses {
    fn tracer(&self, toile: &mut Toile, zone: Zone, couleur: Couleur) {
        let pas = (zone.hauteur() / self.lignes.len() as f64).min(RANGEE_MAX);
        let base = zone.gauche + if self.moyenne.is_some() { 8.0 } else { NOMS };
        let maximum = self.lignes.iter().filter_map(|(_, f)| f.valeur).fold(1.0, f64::max);
        let echelle = (zone.droite - base - BOUT) / maximum;
        for (rang, (libelle, figure)) in self.lignes.iter().enumerate() {
            let haut = zone.haut + pas * rang as f64;
            let y = haut + pas / 2.0;
            nommer(toile, libelle, (zone.gauche, base - 2.0, y), pas);
            let Some(part) = figure.valeur else {
                let abreviation = figure.statut.abreviation().map_or("n.d.", |a| a.0);
                toile.texte(
                    Texte::new(abreviation, base + 1.2, y, corps::AXE).italique().pale().centre_sur(y),
                );
                continue;
            };
            let bout = base + part * echelle;
            toile.rectangle(base, haut + pas * 0.16, bout, haut + pas * 0.84, couleur);
            toile.texte(Texte::new(ecrire(figure), bout + 1.5, y, corps::AXE).centre_sur(y));
        }
        let bas = zone.haut + pas * self.lignes.len() as f64;
        toile.segment((base, zone.haut), (base, bas), palette::AXE, 0.25);
    }

    fn en_mots(&self) -> Vec<String> {
        self.lignes
            .iter()
            .map(|(libelle, figure)| {
                let valeur = match figure.statut.abreviation() {
                    Some((court, _)) => court.to_owned(),
                    None => ecrire(figure),
                };
                phrase(&format!("{libelle}{ESPACE_INSECABLE}: {valeur}"))
            })
            .collect()
    }
}

/// « 38,6 % (39) ».
fn ecrire(figure: &Figure) -> String {
    let part = figure.valeur.map_or_else(|| "n.d.".to_owned(), |v| look::pourcent(v, 1));
    match figure.numerateur {
        Some(n) => format!("{part} ({})", look::nombre(n, 0)),
        None => part,
    }
}

/// The name of an answer, at the left of its bar, on as many lines as the row holds.
fn nommer(toile: &mut Toile, libelle: &str, (gauche, droite, y): (f64, f64, f64), pas: f64) {
    let interligne = 3.4;
    let mut lignes = couper(libelle, droite - gauche, corps::AXE, Graisse::Normal);
    let possibles = if pas >= 2.0 * interligne { 2 } else { 1 };
    if lignes.len() > possibles {
        lignes.truncate(possibles);
        if let Some(derniere) = lignes.last_mut() {
            derniere.push('…');
        }
    }
    let mut milieu = y - interligne * (lignes.len() as f64 - 1.0) / 2.0;
    for ligne in lignes {
        toile.texte(Texte::new(ligne, gauche, milieu, corps::AXE).pale().centre_sur(milieu));
        milieu += interligne;
    }
}
