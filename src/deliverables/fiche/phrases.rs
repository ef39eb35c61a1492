//! Sentences made from the figures of a commune. Each is silent when its figure is not known, tells no
//! cause, and calls nothing a trend.

use crate::deliverables::criteres::Criteres;
use crate::deliverables::look::{self, ESPACE_INSECABLE};
use crate::deliverables::messages;
use crate::deliverables::pages::Releve;
use crate::indicators::{Figure, Niveau, Statut, indicateur};

/// The commune in a few sentences, and the figures that they use.
pub(super) fn en_bref<'a>(mut releve: Releve<'a>, nom: &str) -> (Vec<String>, Releve<'a>) {
    let individuel = individuel(&mut releve);
    let avant = il_y_a_cinq_ans(&mut releve);
    let phrases = [
        // The difference is read with what it is a difference of.
        individuel.map(|phrase| [Some(phrase), avant].into_iter().flatten().collect::<Vec<_>>().join(" ")),
        collectif(&mut releve),
        enfants(&mut releve),
        equilibre(&mut releve, nom),
        tension(&mut releve),
    ];
    (phrases.into_iter().flatten().collect(), releve)
}

/// A known figure of the year of the report, which is then shown.
fn connue(releve: &mut Releve<'_>, id: &str, annee: i32) -> Option<(f64, Figure)> {
    let figure = releve.lire(id, "", annee);
    let valeur = figure.valeur.filter(|_| figure.statut.est_connu())?;
    releve.montrer("", &figure);
    Some((valeur, figure))
}

fn individuel(releve: &mut Releve<'_>) -> Option<String> {
    let annee = releve.contexte.annee;
    let (agrees, figure) = connue(releve, "am_agrees", annee)?;
    let quand =
        figure.date_observation.map_or_else(|| format!("En {annee}"), |j| format!("Au {}", look::date(j)));
    if let Some(reserve) = lignes_non_comptees(releve, &figure).filter(|_| agrees == 0.0) {
        return Some(format!(
            "{quand}, la liste des agréments ne nomme aucun assistant maternel dans la commune ; {reserve}."
        ));
    }
    if agrees == 0.0 {
        return Some(format!("{quand}, la commune ne compte aucun assistant maternel agréé."));
    }
    let agrees_dits = look::compter(agrees, "assistant maternel agréé", "assistants maternels agréés");
    let places = connue(releve, "am_places", annee).map_or_else(String::new, |(places, _)| {
        format!(", pour {}", look::compter(places, "place", "places"))
    });
    Some(format!("{quand}, la commune compte {agrees_dits}{places}."))
}

/// What makes a zero uncertain.
fn lignes_non_comptees(releve: &Releve<'_>, figure: &Figure) -> Option<String> {
    match releve.lignes_non_comptees(figure) {
        0 => None,
        1 => Some("une de ses lignes, de cette commune ou d’une autre, n’a pas pu être comptée".to_owned()),
        n => Some(format!(
            "{}{ESPACE_INSECABLE}de ses lignes, de cette commune ou d’autres, n’ont pas pu être comptées",
            look::nombre(f64::from(n), 0)
        )),
    }
}

/// Two dates side by side: a difference, not a trend.
fn il_y_a_cinq_ans(releve: &mut Releve<'_>) -> Option<String> {
    let annee = releve.contexte.annee;
    let (apres, _) = connue(releve, "am_agrees", annee)?;
    let (avant, figure) = connue(releve, "am_agrees", annee - 5)?;
    if figure.statut != Statut::Observe || (avant == 0.0 && apres == 0.0) {
        return None;
    }
    Some(messages::depuis(avant, apres, (annee - 5, 5), ("assistant maternel", "assistants maternels")))
}

fn collectif(releve: &mut Releve<'_>) -> Option<String> {
    let annee = releve.contexte.annee;
    let (nombre, figure) = connue(releve, "eaje", annee)?;
    if let Some(reserve) = lignes_non_comptees(releve, &figure).filter(|_| nombre == 0.0) {
        return Some(format!(
            "Le recensement ne nomme aucun établissement d’accueil collectif dans la commune ; {reserve}."
        ));
    }
    if nombre == 0.0 {
        return Some("La commune n’a pas d’établissement d’accueil collectif.".to_owned());
    }
    let (places, _) = connue(releve, "eaje_places", annee)?;
    let offre = if nombre < 2.0 { "offre" } else { "offrent" };
    // A travelling one is counted in parts.
    if nombre.fract() != 0.0 {
        return Some(format!("L’accueil collectif offre {}.", look::compter(places, "place", "places")));
    }
    Some(format!(
        "{} {offre} {}.",
        look::compter(
            nombre,
            "établissement d’accueil du jeune enfant",
            "établissements d’accueil du jeune enfant"
        ),
        look::compter(places, "place", "places")
    ))
}

fn enfants(releve: &mut Releve<'_>) -> Option<String> {
    let annee = releve.contexte.annee;
    let (enfants, figure) = connue(releve, "enfants_0_2", annee)?;
    let estime = if figure.statut == Statut::Estime { " (estimation)" } else { "" };
    let compte = look::compter(enfants, "enfant de moins de 3\u{a0}ans", "enfants de moins de 3\u{a0}ans");
    let compte = if enfants == 0.0 {
        "On ne compte aucun enfant de moins de 3\u{a0}ans".to_owned()
    } else {
        format!("On compte {compte}")
    };
    let naissances = match connue(releve, "naissances", annee) {
        Some((0.0, _)) => ", où il n’y a eu aucune naissance dans l’année".to_owned(),
        Some((naissances, _)) => {
            format!(", où il y a eu {} dans l’année", look::compter(naissances, "naissance", "naissances"))
        }
        None => String::new(),
    };
    Some(format!("{compte} dans la commune{estime}{naissances}."))
}

/// The ratio beside that of the territory; both, or nothing.
fn equilibre(releve: &mut Releve<'_>, nom: &str) -> Option<String> {
    let contexte = releve.contexte;
    let indicateur = indicateur("places_pour_100")?;
    let (ici, figure) = connue(releve, indicateur.id, contexte.annee)?;
    let mut ensemble = Releve::new(contexte, Niveau::Territoire, contexte.code_territoire);
    let (partout, autre) = connue(&mut ensemble, indicateur.id, contexte.annee)?;
    releve.joindre(ensemble);
    let ecrire = |f: &Figure| look::ecrire(f, indicateur);
    let comparaison = if ecrire(&figure) == ecrire(&autre) {
        "autant que l’ensemble du territoire".to_owned()
    } else {
        let sens = if ici < partout { "moins" } else { "plus" };
        let ensemble = [ecrire(&autre), look::parties_de(&autre)];
        let ensemble: Vec<&str> = ensemble.iter().map(String::as_str).filter(|t| !t.is_empty()).collect();
        format!("{sens} que l’ensemble du territoire ({})", ensemble.join(", "))
    };
    let places = if ici < 2.0 { "place" } else { "places" };
    Some(format!(
        "{nom} a {} {places} d’accueil pour 100\u{a0}enfants de moins de 3\u{a0}ans, {comparaison}.",
        ecrire(&figure)
    ))
}

/// The class of the commune, with each criterion that makes it; of one that is not shown, those that are possible.
fn tension(releve: &mut Releve<'_>) -> Option<String> {
    let criteres = Criteres::lire(releve);
    let figure = releve.lire("tension", "", releve.contexte.annee);
    if matches!(figure.statut, Statut::Secret | Statut::SecretSource) {
        let possibles = criteres.classes_possibles()?;
        releve.montrer("", &figure);
        return Some(format!(
            "Tension {possibles} (classe non diffusée, secret statistique){ESPACE_INSECABLE}: {}.",
            criteres.en_clair()
        ));
    }
    let (rang, figure) = connue(releve, "tension", releve.contexte.annee)?;
    let classes = indicateur("tension_communes")?.modalites;
    // A rank from 1 to the number of classes.
    let classe = (1..).zip(classes).find(|(numero, _)| (f64::from(*numero) - rang).abs() < 0.5)?.1.1;
    let estime = if figure.statut == Statut::Estime { ", estimation" } else { "" };
    let toutes = classes.len() - 1;
    let aucun = match (criteres.remplis.len(), criteres.sont_tous_dits()) {
        (0, true) => "aucun critère n’est rempli",
        (0, false) => "aucun critère connu n’est rempli\u{202f}; ",
        _ => "",
    };
    let estimes: Vec<&str> = criteres
        .estimes
        .iter()
        .map(|modalite| match *modalite {
            "solde" => "le manque de places",
            "accessibilite" => "l’accès aux places",
            "tendance" => "le recul des places",
            autre => autre,
        })
        .collect();
    let estimes = match estimes.as_slice() {
        [] => String::new(),
        [seul] => format!(" Un critère s’apprécie sur une estimation{ESPACE_INSECABLE}: {seul}."),
        plusieurs => format!(
            " {}{ESPACE_INSECABLE}critères s’apprécient sur des estimations{ESPACE_INSECABLE}: {}.",
            plusieurs.len(),
            plusieurs.join(", ")
        ),
    };
    let rang_dit = look::nombre(rang, 0);
    let (rang_dit, au_moins) = if criteres.sont_tous_dits() {
        (rang_dit, "")
    } else {
        (format!("{rang_dit} à {}", criteres.classes().1.min(toutes)), " au moins")
    };
    let mut lettres = classe.chars();
    let classe: String = lettres.next().into_iter().flat_map(char::to_uppercase).chain(lettres).collect();
    Some(format!(
        "{classe}{au_moins} (classe {rang_dit} sur {toutes}{estime}){ESPACE_INSECABLE}: {aucun}{}.{estimes}",
        criteres.en_clair()
    ))
}

/// What a reader who is not of the trade must know.
pub(super) fn comment_lire(releve: &Releve<'_>) -> Vec<String> {
    let mut lignes = vec![
        "Une place est un enfant qui peut être accueilli à un moment donné\u{a0}: celles d’un assistant \
         maternel sont celles de son agrément, qu’elles soient occupées ou non. Les places des MAM sont \
         celles de leurs assistants maternels, comptées une seule fois."
            .to_owned(),
        "Des familles font garder leur enfant dans une commune voisine, près du travail ou sur le \
         trajet\u{a0}: le nombre de places d’une commune se lit avec celui de ses voisines."
            .to_owned(),
        "Dans une petite commune, une seule personne change beaucoup les chiffres\u{a0}: un écart d’une \
         année à l’autre n’est pas à lui seul une évolution. Les écarts sont ceux de la commune \
         d’aujourd’hui, entre les valeurs affichées."
            .to_owned(),
    ];
    let definis = ["places_pour_100", "accessibilite", "solde_places", "tension"];
    for indicateur in definis.into_iter().filter_map(indicateur) {
        let figure = releve.lire(indicateur.id, "", releve.contexte.annee);
        // A class that is withheld is told by its criteria.
        let tue = matches!(indicateur.id, "tension" | "solde_places") && figure.statut == Statut::Secret;
        if tue || figure.valeur.is_some_and(|_| figure.statut.est_connu()) {
            // Of classes, the rule: without its thresholds, a number that falls and a criterion that is not met contradict
            // one another.
            let dit = match indicateur.id {
                "tension" => indicateur.formule_selon(releve.contexte.parametres),
                _ => sans_capitale(indicateur.definition).into(),
            };
            let suite = if indicateur.id == "places_pour_100" {
                " Ce n’est pas le taux de couverture de la Cnaf."
            } else {
                ""
            };
            let ligne = format!("{}{ESPACE_INSECABLE}: {dit}.", indicateur.libelle).replace("..", ".");
            lignes.push(ligne + suite);
        }
    }
    lignes
}

fn sans_capitale(texte: &str) -> String {
    let mut lettres = texte.chars();
    lettres.next().into_iter().flat_map(char::to_lowercase).chain(lettres).collect()
}
