//! Sentences made from the figures of the territory. Each is silent when its figure is not known, tells no
//! cause, and says of a sum how many communes it has.

use crate::deliverables::Contexte;
use crate::deliverables::criteres::Criteres;
use crate::deliverables::methode::variantes_montrables;
use crate::deliverables::pages::Releve;
use crate::deliverables::perimetre::memes_communes;
use crate::deliverables::{look, messages};
use crate::indicators::{Figure, Niveau, Statut, indicateur};

/// A figure that is known, its value as a page writes it, and what the reader must know of it.
struct Dit {
    valeur: f64,
    texte: String,
    /// « (somme de 13 communes sur 15) », « (estimation) », or nothing; begins with a space.
    reserve: String,
}

fn dire(releve: &mut Releve<'_>, id: &str, modalite: &str, annee: i32) -> Option<Dit> {
    let indicateur = indicateur(id)?;
    let figure = releve.lire(id, modalite, annee);
    let valeur = figure.valeur.filter(|_| figure.statut.est_connu())?;
    releve.montrer(indicateur.libelle, &figure);
    let mut reserves = Vec::new();
    if figure.parties < figure.parties_attendues {
        let communes = look::compter(f64::from(figure.parties), "commune", "communes");
        reserves.push(format!("{communes} sur {}", figure.parties_attendues));
    }
    if figure.statut == Statut::Estime {
        reserves.push("estimation".to_owned());
    }
    let reserve = if reserves.is_empty() { String::new() } else { format!(" ({})", reserves.join(", ")) };
    Some(Dit { valeur, texte: look::ecrire(&figure, indicateur), reserve })
}

/// What was counted five years before, where both were counted over every commune; where the territory has not the
/// same ones, the change of those that it had at both dates.
fn depuis_cinq_ans(releve: &mut Releve<'_>, id: &str, noms: messages::Noms) -> Option<String> {
    let annee = releve.contexte.annee;
    if !memes_communes(releve.contexte, annee - 5, annee) {
        let ecart = releve.lire("evolution", &format!("{id}:n-5"), annee);
        let dite = messages::evolution(&ecart, 5, noms)?;
        return Some(format!("{dite}, dans les communes membres du territoire aux deux dates."));
    }
    let apres = dire(releve, id, "", annee)?;
    let avant = dire(releve, id, "", annee - 5)?;
    let entier = |d: &Dit| d.reserve.is_empty();
    (entier(&avant) && entier(&apres))
        .then(|| messages::depuis(avant.valeur, apres.valeur, (annee - 5, 5), noms))
}

/// Two sentences as one paragraph.
fn enchainer(premiere: Option<String>, suite: Option<String>) -> Option<String> {
    premiere.map(|premiere| match suite {
        Some(suite) => format!("{premiere} {suite}"),
        None => premiere,
    })
}

pub(super) fn offre(releve: &mut Releve<'_>) -> Vec<String> {
    let annee = releve.contexte.annee;
    let jour = look::date(releve.contexte.date);
    let individuel = dire(releve, "am_agrees", "", annee).map(|agrees| {
        let compte = look::compter(agrees.valeur, "assistant maternel agréé", "assistants maternels agréés");
        let places = dire(releve, "am_places", "", annee).map_or_else(String::new, |p| {
            format!(", pour {}{}", look::compter(p.valeur, "place", "places"), p.reserve)
        });
        format!("Au {jour}, le territoire compte {compte}{}{places}.", agrees.reserve)
    });
    let individuel = enchainer(
        individuel,
        depuis_cinq_ans(releve, "am_agrees", ("assistant maternel", "assistants maternels")),
    );
    let mam = dire(releve, "mam", "", annee).filter(|d| d.valeur > 0.0).and_then(|mam| {
        let places = dire(releve, "mam_places", "", annee)?;
        let nombre = look::compter(
            mam.valeur,
            "maison d’assistants maternels (MAM)",
            "maisons d’assistants maternels (MAM)",
        );
        let sont = if places.valeur < 2.0 { "est" } else { "sont" };
        Some(format!("{} de ces places {sont} dans {nombre}{}.", places.texte, places.reserve))
    });
    let collectif = dire(releve, "eaje", "", annee).and_then(|eaje| {
        if eaje.valeur == 0.0 {
            return Some(format!("L’accueil collectif ne compte aucun établissement{}.", eaje.reserve));
        }
        let places = dire(releve, "eaje_places", "", annee)?;
        let psu = dire(releve, "part_psu", "", annee).map_or_else(String::new, |p| {
            format!(", dont {}{} au tarif calculé sur les revenus des familles (PSU)", p.texte, p.reserve)
        });
        Some(format!(
            "L’accueil collectif compte {}{}, pour {}{}{psu}.",
            look::compter(
                eaje.valeur,
                "établissement d’accueil du jeune enfant",
                "établissements d’accueil du jeune enfant"
            ),
            eaje.reserve,
            look::compter(places.valeur, "place", "places"),
            places.reserve
        ))
    });
    let ensemble = dire(releve, "places_total", "", annee).and_then(|total| {
        let part = dire(releve, "part_individuel", "", annee)?;
        Some(format!(
            "En tout, {}{}\u{a0}; l’accueil individuel en représente {}{}.",
            look::compter(total.valeur, "place d’accueil", "places d’accueil"),
            total.reserve,
            part.texte,
            part.reserve
        ))
    });
    [individuel, mam, collectif, ensemble].into_iter().flatten().collect()
}

pub(super) fn besoins(releve: &mut Releve<'_>) -> Vec<String> {
    let annee = releve.contexte.annee;
    let enfants = dire(releve, "enfants_0_2", "", annee).map(|d| {
        let compte =
            look::compter(d.valeur, "enfant de moins de 3\u{a0}ans", "enfants de moins de 3\u{a0}ans");
        format!("On compte {compte} sur le territoire{}.", d.reserve)
    });
    let actifs = dire(releve, "enfants_0_2_parents_actifs", "", annee).map(|d| {
        format!("Pour {} d’entre eux{}, tous les parents du foyer travaillent.", d.texte, d.reserve)
    });
    let naissances = dire(releve, "naissances", "", annee).map(|d| match d.valeur {
        0.0 => format!("Il n’y a eu aucune naissance en {annee}{}.", d.reserve),
        n => format!("Il y a eu {} en {annee}{}.", look::compter(n, "naissance", "naissances"), d.reserve),
    });
    let naissances =
        enchainer(naissances, depuis_cinq_ans(releve, "naissances", ("naissance", "naissances")));
    let demandes = dire(releve, "demandes", "", annee).map_or_else(
        || match dire(releve, "demandes_en_ligne", "", annee) {
            Some(en_ligne) => format!(
                "Le relais a traité {} de familles en ligne dans l’année{}\u{202f}; le nombre de toutes les demandes n’est pas connu.",
                look::compter_ou_aucun(en_ligne.valeur, "aucune", "demande", "demandes"),
                en_ligne.reserve
            ),
            None => "Les demandes que le relais a reçues des familles ne sont pas connues.".to_owned(),
        },
        |d| {
            let verbe = if d.valeur == 0.0 { "n’a reçu" } else { "a reçu" };
            let demandes = look::compter_ou_aucun(d.valeur, "aucune", "demande", "demandes");
            format!("Le relais {verbe} {demandes} de familles dans l’année{}.", d.reserve)
        },
    );
    [enchainer(enfants, actifs), naissances, Some(demandes)].into_iter().flatten().collect()
}

pub(super) fn zones(releve: &mut Releve<'_>) -> Vec<String> {
    let annee = releve.contexte.annee;
    let ratio = dire(releve, "places_pour_100", "", annee).map(|d| {
        format!(
            "Le territoire a {} places d’accueil pour 100\u{a0}enfants de moins de 3\u{a0}ans{}.",
            d.texte, d.reserve
        )
    });
    let solde = solde(releve);
    let sans_offre = dire(releve, "sans_offre", "", annee).map(|d| match d.valeur {
        0.0 => format!("Aucune commune n’est sans offre d’accueil{}.", d.reserve),
        nombre => {
            let verbe = if nombre < 2.0 { "n’a" } else { "n’ont" };
            let communes = look::compter(nombre, "commune", "communes");
            let noms = communes_ou(releve.contexte, "sans_offre", |v| v > 0.0);
            let noms = if noms.is_empty() {
                String::new()
            } else {
                format!("\u{a0}: {}", enumerer(releve.contexte, noms))
            };
            let figure = releve.lire("sans_offre", "", annee);
            let doute = match releve.lignes_non_comptees(&figure) {
                0 => String::new(),
                1 => " À vérifier\u{a0}: une ligne des listes lues n’a pas pu être comptée, elle peut être de là.".to_owned(),
                n => format!(
                    " À vérifier\u{a0}: {}\u{a0}lignes des listes lues n’ont pas pu être comptées, elles peuvent être de là.",
                    look::nombre(f64::from(n), 0)
                ),
            };
            format!("{communes} {verbe} ni assistant maternel agréé ni établissement{}{noms}.{doute}", d.reserve)
        }
    });
    let regles =
        indicateur("tension").filter(|_| !communes_ou(releve.contexte, "tension", |_| true).is_empty());
    let regles = regles.map(|i| {
        let formule = i.formule_selon(releve.contexte.parametres).replace(" %", "\u{a0}%");
        format!(
            "Classement des communes, de 1 (tension faible) à 4 (très élevée)\u{a0}: {formule}. {}",
            i.precaution
        )
    });
    // The classes are numbered from 1; the two highest are told, each commune with its reasons.
    let rangs = [(4_u8, true), (4, false), (3, true), (3, false)].into_iter().filter_map(|(rang, sure)| {
        let libelle = indicateur("tension_communes")?.modalites.get(usize::from(rang) - 1)?.1;
        let communes = communes_ou(releve.contexte, "tension", |v| (v - f64::from(rang)).abs() < 0.5);
        let avec_raisons: Vec<(String, String)> = communes
            .into_iter()
            .map(|(code, nom)| (criteres(releve.contexte, &code), code, nom))
            .filter(|(criteres, ..)| criteres.sont_tous_dits() == sure)
            .map(|(criteres, code, nom)| (code, entre_parentheses(&nom, &criteres.en_clair())))
            .collect();
        let mut lettres = libelle.chars();
        let titre: String = lettres.next().into_iter().flat_map(char::to_uppercase).chain(lettres).collect();
        let titre = if sure { titre } else { format!("{titre} au moins") };
        (!avec_raisons.is_empty())
            .then(|| format!("{titre}\u{a0}: {}.", enumerer(releve.contexte, avec_raisons)))
    });
    // Without them, the two highest classes would be read as all of their communes.
    let tues = communes_dont(releve.contexte, "tension", |f| {
        matches!(f.statut, Statut::Secret | Statut::SecretSource)
    });
    let tues = (!tues.is_empty() && regles.is_some()).then(|| {
        let possibles = tues.into_iter().map(|(code, nom)| {
            let criteres = criteres(releve.contexte, &code);
            let dites = criteres.classes_possibles().unwrap_or_default();
            (code, entre_parentheses(&nom, &dites))
        });
        format!(
            "Classe non diffusée, secret statistique\u{a0}: {}.",
            enumerer(releve.contexte, possibles.collect())
        )
    });
    let reglages = regles.is_some().then(|| selon_les_reglages(releve.contexte)).flatten();
    let phrases = [ratio, solde, sans_offre].into_iter().flatten();
    phrases.chain(rangs).chain(tues).chain(reglages).chain(regles).collect()
}

/// What the balance is, with what it is made of: a surplus of agréments is no free place.
fn solde(releve: &mut Releve<'_>) -> Option<String> {
    let annee = releve.contexte.annee;
    let solde = dire(releve, "solde_places", "", annee)?;
    let activite = dire(releve, "taux_activite", "", annee).map_or_else(String::new, |taux| {
        format!(
            " (taux d’activité\u{a0}: {}{})",
            taux.texte,
            taux.reserve.replace(" (", ", ").replace(')', "")
        )
    });
    Some(format!(
        "Places d’accueil moins besoin\u{a0}: {}{}. Le besoin\u{a0}: {}. Les places sont celles des agréments, occupées ou \
         non, même d’assistants maternels qui n’exercent pas{activite}\u{a0}: ce ne sont pas des places libres.",
        solde.texte,
        solde.reserve,
        releve.contexte.parametres.besoin.libelle()
    ))
}

/// How many communes are under the threshold of access by other settings than those of the pipeline, where that changes.
fn selon_les_reglages(contexte: &Contexte<'_>) -> Option<String> {
    let variantes = variantes_montrables(contexte);
    let retenus = variantes.first()?.sous_le_seuil;
    let moins = variantes.iter().map(|v| v.sous_le_seuil).min()?;
    let plus = variantes.iter().map(|v| v.sous_le_seuil).max()?;
    let communes = |n: usize| look::compter_ou_aucun(n as f64, "aucune", "commune", "communes");
    (moins < plus).then(|| {
        let verbe = if retenus < 2 { "a" } else { "ont" };
        let negation = if retenus == 0 { "n’" } else { "" };
        format!(
            "L’accès dépend des réglages des trajets\u{a0}: {} {negation}{verbe} un accès faible avec ceux du relais, de {moins} à {plus} avec \
             les autres essayés (relevé de méthode).",
            communes(retenus)
        )
    })
}

fn criteres(contexte: &Contexte<'_>, code: &str) -> Criteres {
    Criteres::lire(&Releve::new(contexte, Niveau::Commune, code))
}

fn entre_parentheses(nom: &str, dites: &str) -> String {
    if dites.is_empty() { nom.to_owned() } else { format!("{nom} ({dites})") }
}

/// Most communes that a sentence names.
const NOMMEES: usize = 30;
/// Communes named where there are more.
const CITEES: usize = 10;

/// The names, in order; of too many, those where most children are born, and how many others there are.
fn enumerer(contexte: &Contexte<'_>, mut communes: Vec<(String, String)>) -> String {
    let noms = |communes: Vec<(String, String)>| {
        let mut noms: Vec<String> = communes.into_iter().map(|(_, nom)| nom).collect();
        noms.sort_by_cached_key(|nom| look::cle_alphabetique(nom));
        noms.join(", ")
    };
    if communes.len() <= NOMMEES {
        return noms(communes);
    }
    let naissances = |code: &str| {
        let releve = Releve::new(contexte, Niveau::Commune, code);
        releve.valeur("naissances", "", contexte.annee).unwrap_or(0.0)
    };
    communes.sort_by(|a, b| naissances(&b.0).total_cmp(&naissances(&a.0)).then_with(|| a.0.cmp(&b.0)));
    let autres = communes.split_off(CITEES).len();
    format!(
        "{} (celles où il naît le plus d’enfants) et {}",
        noms(communes),
        look::compter(autres as f64, "autre", "autres")
    )
}

/// The communes, code and name, whose figure of the year of the report is known and meets a condition.
fn communes_ou(contexte: &Contexte<'_>, id: &str, condition: impl Fn(f64) -> bool) -> Vec<(String, String)> {
    communes_dont(contexte, id, |figure| figure.valeur.is_some_and(&condition))
}

/// The same, by the whole figure.
fn communes_dont(
    contexte: &Contexte<'_>,
    id: &str,
    condition: impl Fn(&Figure) -> bool,
) -> Vec<(String, String)> {
    let communes = crate::deliverables::fiche::communes_de(contexte);
    let choisies = communes.into_iter().filter(|(code, _)| {
        let releve = Releve::new(contexte, Niveau::Commune, code);
        condition(&releve.lire(id, "", contexte.annee))
    });
    choisies.collect()
}

pub(super) fn objectifs(releve: &mut Releve<'_>) -> Vec<String> {
    let annee = releve.contexte.annee;
    let flux = dire(releve, "am_arrivees", "", annee).and_then(|arrivees| {
        let departs = dire(releve, "am_departs", "", annee)?;
        Some(format!(
            "En {annee}, {}{} et {}{} d’assistants maternels.",
            look::compter_ou_aucun(arrivees.valeur, "aucune", "arrivée", "arrivées"),
            arrivees.reserve,
            look::compter_ou_aucun(departs.valeur, "aucun", "départ", "départs"),
            departs.reserve
        ))
    });
    let ages = dire(releve, "part_55_plus", "", annee).map(|d| {
        format!(
            "{} des assistants maternels dont l’âge est connu ont 55\u{a0}ans ou plus{}.",
            d.texte, d.reserve
        )
    });
    let retraites = dire(releve, "departs_5_ans", "", annee).map(|d| {
        let verbe = if d.valeur < 2.0 { "a déjà, ou aura" } else { "ont déjà, ou auront" };
        let compte = look::compter(d.valeur, "assistant maternel", "assistants maternels");
        format!("{compte} {verbe} d’ici cinq ans, l’âge de la retraite{}.", d.reserve)
    });
    let mut phrases: Vec<String> = [flux, ages, retraites].into_iter().flatten().collect();
    let scenarios: Vec<String> =
        ["sans_renouvellement", "tendance", "cible"].iter().filter_map(|s| projection(releve, s)).collect();
    if !scenarios.is_empty() {
        let precaution = indicateur("projection_am").map_or("", |i| i.precaution);
        let reserve = messages::reserve_de_projection(Some(&releve.lire("am_agrees", "", annee)));
        phrases.extend(scenarios);
        phrases.extend(Some(reserve.to_owned()).filter(|r| !r.is_empty()));
        phrases.push(precaution.to_owned());
        let tenue = messages::tenue_de_la_projection(Some(&releve.lire("projection_tenue", "", annee)));
        phrases.extend(Some(tenue).filter(|t| !t.is_empty()));
    }
    phrases
}

/// One scenario, five years ahead, with its interval.
fn projection(releve: &mut Releve<'_>, scenario: &str) -> Option<String> {
    let indicateur = indicateur("projection_am")?;
    let annee = releve.contexte.annee + 5;
    let attendu = dire(releve, indicateur.id, scenario, annee)?;
    let bas = dire(releve, indicateur.id, &format!("{scenario}:bas"), annee)?;
    let haut = dire(releve, indicateur.id, &format!("{scenario}:haut"), annee)?;
    let nom = match scenario {
        "cible" => releve.contexte.parametres.projection.nom_de_la_cible(),
        _ => indicateur.libelle_modalite(scenario),
    };
    let arrivees = match scenario {
        "sans_renouvellement" => Some("aucune arrivée".to_owned()),
        _ => messages::arrivees_par_an(&releve.lire("projection_arrivees", scenario, annee)),
    };
    let arrivees = arrivees.map_or_else(String::new, |dites| format!(" ({dites})"));
    Some(format!(
        "Scénario «\u{a0}{nom}\u{a0}»{arrivees}\u{a0}: {} assistants maternels agréés en {annee}, entre {} et {}.",
        attendu.texte, bas.texte, haut.texte
    ))
}

/// What the figures cannot say.
pub(super) fn limites(contexte: &Contexte<'_>) -> Vec<String> {
    let mut lignes = vec![
        "Les évolutions comparent deux dates\u{a0}: elles ne disent ni pourquoi les chiffres ont changé, ni s’ils \
         continueront à le faire."
            .to_owned(),
        "Les places des assistants maternels sont celles de leur agrément, occupées ou non. Celles des MAM sont \
         celles de leurs assistants maternels, comptées une seule fois."
            .to_owned(),
        "Des familles font garder leur enfant dans une autre commune que la leur\u{a0}: le nombre de places d’une \
         commune se lit avec celui de ses voisines."
            .to_owned(),
        "Les nombres d’agréés, de places, de structures et de naissances sont publics, même petits. Les autres (enfants, \
         activité, âges, réponses) ne sont pas diffusés hors du relais s’ils parlent de trop peu de personnes."
            .to_owned(),
    ];
    if let Some(communes) = super::trop_de_communes(contexte.table) {
        lignes.push(format!(
            "Les chiffres des {communes} communes ne sont pas dans ce document\u{a0}: la fiche de chaque commune a les siens."
        ));
    }
    let manques: Vec<&str> =
        contexte.manques.iter().filter(|m| m.lacune).map(|m| m.libelle.as_str()).collect();
    if !manques.is_empty() {
        lignes.push(format!("Il manque cette année\u{a0}: {}.", manques.join("\u{202f}; ")));
    }
    lignes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deliverables::graphiques::essai::Essai;

    #[test]
    fn de_centaines_de_communes_quelques_noms_et_leur_nombre() {
        let essai = Essai::new();
        let contexte = essai.contexte();
        let noms = |nombre: usize| -> Vec<(String, String)> {
            (0..nombre).map(|n| (format!("95{n:03}"), format!("Commune {n:03}"))).collect()
        };
        assert_eq!(enumerer(&contexte, noms(2)), "Commune 000, Commune 001");
        assert_eq!(enumerer(&contexte, noms(NOMMEES)).matches("Commune").count(), NOMMEES);
        let mut toutes = noms(400);
        toutes.push(("85901".to_owned(), "Aizenay".to_owned()));
        let dite = enumerer(&contexte, toutes);
        // Of the others no birth is known.
        assert!(dite.starts_with("Aizenay, "), "{dite}");
        assert_eq!(dite.matches("Commune").count(), CITEES - 1, "{dite}");
        assert!(dite.ends_with("et 391\u{a0}autres"), "{dite}");
    }
}
