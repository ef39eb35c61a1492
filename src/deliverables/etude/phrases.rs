//! Sentences made from the figures of a study. Each is silent when its figure is not known; none tells a cause
//! or a verdict.

use super::feuilles::{ecrire, parties};
use crate::deliverables::look::{self, ESPACE_INSECABLE};
use crate::etude::{
    Chiffre, Critere, Etude, Evaluation, MOITIE, Projet, SorteDeCritere, Terrain, TypeProjet, difference,
};
use crate::quality::Statut;
use crate::sources::valeurs::Financement;

/// Communes named in a sentence.
const NOMMEES: usize = 8;

/// « Une micro-crèche (PAJE) de 12 places ».
pub(super) fn nom_du_projet(projet: &Projet) -> String {
    let financement = match projet.financement {
        Some(Financement::Psu) => " PSU",
        Some(Financement::Paje) => " PAJE",
        None => "",
    };
    let places = look::compter(f64::from(projet.places), "place", "places");
    format!("{}{financement} de {places}", projet.genre.avec_article())
}

/// What half substitution supposes: « la moitié de ses places en remplacent chez des assistants maternels ».
pub(super) fn moitie(genre: TypeProjet) -> &'static str {
    if genre.emploie_des_agrements() {
        "la moitié de ses agréments sont déjà comptés"
    } else {
        "la moitié de ses places remplacent des places d’assistants maternels"
    }
}

pub(super) fn avec_capitale(texte: &str) -> String {
    let mut lettres = texte.chars();
    lettres.next().into_iter().flat_map(char::to_uppercase).chain(lettres).collect()
}

/// « à Oux », « au Poirier-Blanc », « aux Essarlières ».
pub(super) fn a(nom: &str) -> String {
    match nom.split_once(' ') {
        Some(("Le", reste)) => format!("au {reste}"),
        Some(("Les", reste)) => format!("aux {reste}"),
        _ => format!("à {nom}"),
    }
}

/// The study in a few sentences.
pub(super) fn en_bref(etude: &Etude<'_>) -> Vec<String> {
    let evaluation = &etude.evaluation;
    let phrases = [
        autour(etude),
        acces(etude),
        qui_gagne(&etude.terrain, evaluation),
        qui_perd(&etude.terrain, evaluation),
        papillon(&etude.terrain, evaluation),
        naissances(etude),
        avenir(etude),
    ];
    phrases.into_iter().flatten().collect()
}

fn autour(etude: &Etude<'_>) -> Option<String> {
    let cercle = &etude.entourage.cercles[1];
    let (enfants, places) = (cercle.enfants.connu()?, cercle.places.connu()?);
    let communes = look::compter(cercle.communes as f64, "commune compte", "communes comptent");
    let enfants = look::compter(enfants, "enfant de moins de 3\u{a0}ans", "enfants de moins de 3\u{a0}ans");
    let enfants = look::avec_parties(&enfants, &parties(cercle.enfants));
    let places = look::compter(places, "place d’accueil", "places d’accueil");
    let pour_100 = cercle.pour_100;
    let ensemble = etude.evaluation.ensemble.sans.pour_100;
    let comparaison = match ensemble.connu() {
        Some(_) => format!(" (ensemble du territoire{ESPACE_INSECABLE}: {})", ecrire(ensemble, 1, false)),
        None => String::new(),
    };
    Some(format!(
        "À 15{ESPACE_INSECABLE}minutes au plus en voiture, {communes} {enfants} et {}, soit {} places pour 100{ESPACE_INSECABLE}enfants{comparaison}.",
        look::avec_parties(&places, &parties(cercle.places)),
        look::avec_parties(&ecrire(pour_100, 1, false), &parties(pour_100)),
    ))
}

fn acces(etude: &Etude<'_>) -> Option<String> {
    let (terrain, evaluation) = (&etude.terrain, &etude.evaluation);
    let ici = evaluation.ici();
    let (sans, avec) = (ici.sans.acces, ici.avec[0].acces);
    sans.connu().zip(avec.connu())?;
    let ensemble = &evaluation.ensemble;
    Some(format!(
        "{}, 100{ESPACE_INSECABLE}enfants ont {} places à leur portée, partagées avec les communes voisines\u{202f}; avec le projet, {}. Ceux de l’ensemble du territoire en ont {}\u{202f}; avec le projet, {}.{}",
        avec_capitale(&a(&terrain.communes[evaluation.rang].nom)),
        ecrire(sans, 1, false),
        ecrire(avec, 1, false),
        ecrire(ensemble.sans.acces, 1, false),
        ecrire(ensemble.avec[0].acces, 1, false),
        selon_les_hypotheses(etude),
    ))
}

/// How far from the territory the assumptions of the last part lead, each by itself, both under the same one: whole numbers,
/// for that is what is known. Begins with a space, or nothing.
fn selon_les_hypotheses(etude: &Etude<'_>) -> String {
    let hypotheses = &etude.sensibilite.hypotheses;
    let issues = hypotheses.iter().flat_map(|hypothese| &hypothese.bornes);
    let ecarts: Vec<f64> = issues.filter_map(|borne| borne.issue.ecart()).collect();
    let (bas, haut) = ecarts.iter().fold((f64::MAX, f64::MIN), |(bas, haut), a| (bas.min(*a), haut.max(*a)));
    let Some(avec) = etude.sensibilite.reference.avec.ecart() else { return String::new() };
    if ecarts.is_empty() || haut - bas < 1.0 {
        return String::new();
    }
    format!(
        " L’écart avec le territoire est alors de {}, et de {} à {} selon les hypothèses de la partie 4.",
        look::ecart(avec, 1),
        look::ecart(bas.round(), 0),
        look::ecart(haut.round(), 0)
    )
}

/// One decimal for a part of a place, none for whole ones.
pub(super) fn decimales_de_places(places: f64) -> u32 {
    u32::from((places - places.round()).abs() > 0.05)
}

/// The communes, with what each gains or loses.
fn enumerer(terrain: &Terrain<'_>, changements: &[(usize, f64)]) -> String {
    let dites: Vec<String> = changements
        .iter()
        .take(NOMMEES)
        .map(|(rang, ecart)| format!("{} ({})", terrain.communes[*rang].nom, look::ecart(*ecart, 1)))
        .collect();
    let reste = changements.len().saturating_sub(NOMMEES);
    let autres = match reste {
        0 => String::new(),
        n => format!(" et {}", look::compter(n as f64, "autre", "autres")),
    };
    format!("{}{autres}", dites.join(", "))
}

fn qui_gagne(terrain: &Terrain<'_>, evaluation: &Evaluation) -> Option<String> {
    let gagnantes = evaluation.changements(0);
    if gagnantes.is_empty() {
        return None;
    }
    let communes = if gagnantes.len() == 1 {
        "1\u{a0}commune du territoire a plus de places à sa".to_owned()
    } else {
        format!("{}\u{a0}communes du territoire ont plus de places à leur", gagnantes.len())
    };
    // Who joins a MAM goes on, and brings her places along: the offer gains by new agréments alone.
    let condition = if evaluation.projet.genre.emploie_des_agrements() {
        "Si tous les agréments du projet sont nouveaux"
    } else {
        "Si aucun assistant maternel ne s’arrête"
    };
    Some(format!(
        "{condition}, {communes} portée (pour 100{ESPACE_INSECABLE}enfants)\u{a0}: {}.",
        enumerer(terrain, &gagnantes)
    ))
}

fn qui_perd(terrain: &Terrain<'_>, evaluation: &Evaluation) -> Option<String> {
    let (mut perdantes, mut gagnantes) = (evaluation.changements(MOITIE), evaluation.changements(MOITIE));
    perdantes.retain(|(_, ecart)| *ecart < 0.0);
    perdantes.reverse();
    gagnantes.retain(|(_, ecart)| *ecart > 0.0);
    let retirees = evaluation.retirees?[MOITIE];
    let debut = format!(
        "Si {} places d’assistants maternels {} (la moitié de celles du projet)",
        look::nombre(retirees, decimales_de_places(retirees)),
        if evaluation.projet.genre.emploie_des_agrements() {
            "sont celles de personnes déjà agréées qui rejoignent le projet"
        } else {
            "disparaissent avec l’ouverture"
        }
    );
    Some(match (gagnantes.len(), perdantes.len()) {
        (0, 0) => return None,
        (n, 0) => format!(
            "{debut}, {} encore plus de places à {} portée qu’aujourd’hui, et aucune n’en a moins.",
            look::compter(n as f64, "commune a", "communes ont"),
            if n == 1 { "sa" } else { "leur" }
        ),
        (_, n) => format!(
            "{debut}, {} moins de places à {} portée qu’aujourd’hui\u{a0}: {}.",
            look::compter(n as f64, "commune a", "communes ont"),
            if n == 1 { "sa" } else { "leur" },
            enumerer(terrain, &perdantes)
        ),
    })
}

/// From how many childminders the whole offer falls.
pub(super) fn papillon(terrain: &Terrain<'_>, evaluation: &Evaluation) -> Option<String> {
    let places = evaluation.projet.places;
    if evaluation.projet.genre.emploie_des_agrements() {
        return Some(format!(
            "Les places du projet sont des agréments d’assistants maternels\u{a0}: si tous sont déjà en exercice dans le territoire, l’offre ne change pas. Elle n’augmente que des places d’agréments nouveaux, {places}{ESPACE_INSECABLE}places au plus."
        ));
    }
    let moyenne = terrain.ensemble("am_places_moyenne", "", terrain.annee());
    let par_personne = moyenne.connu().filter(|m| *m > 0.0)?;
    // As many places as those of the project leave the offer what it was.
    let personnes = (f64::from(places) / par_personne).floor() + 1.0;
    Some(format!(
        "L’offre du territoire serait plus basse qu’avant l’ouverture si plus de {} d’assistants maternels s’arrêtaient, soit {} au moins (chacun a {} places en moyenne).",
        look::compter(f64::from(places), "place", "places"),
        look::compter(personnes, "assistant maternel", "assistants maternels"),
        ecrire(moyenne, 1, false),
    ))
}

fn naissances(etude: &Etude<'_>) -> Option<String> {
    let cercle = &etude.entourage.cercles[1];
    let (apres, avant) = (cercle.naissances.connu()?, cercle.naissances_avant.connu()?);
    if cercle.naissances.est_partiel() || cercle.naissances_avant.est_partiel() || avant == 0.0 {
        return None;
    }
    let ecart = look::ecart(100.0 * (apres - avant) / avant, 0);
    Some(format!(
        "À 15{ESPACE_INSECABLE}minutes au plus, il est né {} en trois ans, contre {} les trois années d’avant ({ecart}\u{202f}%).",
        look::compter(apres, "enfant", "enfants"),
        look::nombre(avant, 0),
    ))
}

fn avenir(etude: &Etude<'_>) -> Option<String> {
    let horizon = &etude.horizon;
    let tendance = horizon.lignes.iter().find(|l| l.scenario == "tendance").or(horizon.lignes.first())?;
    let (debut, fin) = (tendance.sans.first()?.connu()?, tendance.sans.last()?.connu()?);
    let avec = tendance.avec[0].last()?.connu()?;
    let avec = if horizon.ouverture > *horizon.annees.last()? {
        format!("\u{202f}; le projet n’ouvrirait qu’après, en {}", horizon.ouverture)
    } else {
        format!(", {} avec", look::nombre(avec, 0))
    };
    let libelle = tendance.libelle.to_lowercase();
    let (premiere, derniere) = (horizon.annees.first()?, horizon.annees.last()?);
    let bornes = tendance.bornes.each_ref().map(|borne| borne.last().copied().and_then(Chiffre::connu));
    let bornes = match bornes {
        [Some(bas), Some(haut)] => format!(" (entre {} et {})", look::nombre(bas, 0), look::nombre(haut, 0)),
        _ => String::new(),
    };
    // A fall is no lack where there are more places than needed.
    let soldes = [tendance.solde_sans.first(), tendance.solde_sans.last()].map(Option::<&Chiffre>::copied);
    let solde = match soldes {
        [Some(avant), Some(apres)] if avant.connu().is_some() && apres.connu().is_some() => format!(
            " Le solde (places moins besoin) passerait de {} à {}.",
            ecrire(avant, 0, true),
            ecrire(apres, 0, true)
        ),
        _ => String::new(),
    };
    Some(format!(
        "De {premiere} à {derniere}, {libelle}, et à places en établissement inchangées, l’offre du territoire passerait de {} à {} places sans le projet{bornes}{avec}.{solde} Une projection n’est pas une prévision.",
        look::nombre(debut, 0),
        look::nombre(fin, 0),
    ))
}

/// What a criterion is, and how it is read: name, value, reference, reading.
pub(super) struct Lecture {
    pub(super) nom: String,
    pub(super) repere: String,
    /// On which side of the reference it is.
    pub(super) sens: String,
}

/// Words for a criterion.
pub(super) fn lire(critere: &Critere, terrain: &Terrain<'_>, rang: usize) -> Lecture {
    let commune = a(&terrain.communes[rang].nom);
    let (nom, repere) = match critere.sorte {
        SorteDeCritere::Accessibilite => {
            (format!("Places accessibles pour 100 enfants {commune}"), "ensemble du territoire")
        }
        SorteDeCritere::Solde => (
            format!("Places {commune} moins besoin ({})", terrain.donnees.parametres.besoin.libelle()),
            "zéro : autant de places que de besoin",
        ),
        SorteDeCritere::Naissances => {
            ("Naissances de trois ans, à 15 minutes au plus".to_owned(), "les trois années d’avant")
        }
        SorteDeCritere::Departs => (
            "Assistants maternels à l’âge de la retraite d’ici cinq ans, à 20 minutes au plus".to_owned(),
            "nombre d’assistants maternels qui ont autant de places que le projet",
        ),
        SorteDeCritere::Collectif => (
            "Places en établissement pour 100 enfants, à 15 minutes au plus".to_owned(),
            "ensemble du territoire",
        ),
        SorteDeCritere::PlacesLibres => (
            "Places libres déclarées par les assistants maternels, à 15 minutes au plus".to_owned(),
            "nombre de places du projet",
        ),
    };
    Lecture { nom, repere: repere.to_owned(), sens: lecture(critere) }
}

/// On which side of its reference a criterion is, before and after.
fn lecture(critere: &Critere) -> String {
    let cote = |seuil: Chiffre, chiffre: Chiffre| {
        let ecart = difference(seuil, chiffre).connu()?;
        Some(if ecart < 0.0 {
            "au-dessous du repère"
        } else if ecart > 0.0 {
            "au-dessus du repère"
        } else {
            "égal au repère"
        })
    };
    let apres = critere.apres.map(|chiffre| cote(critere.seuil_avec, chiffre));
    match (cote(critere.seuil, critere.avant), apres) {
        (None, _) if matches!(critere.avant.statut, Statut::Secret | Statut::SecretSource) => {
            "n’est pas diffusé".to_owned()
        }
        (None, _) => "n’est pas connu".to_owned(),
        (Some(avant), None) => avant.to_owned(),
        (Some(avant), Some(Some(apres))) if avant == apres => format!("{avant}, sans et avec le projet"),
        (Some(avant), Some(Some(apres))) => format!("{avant} sans le projet, {apres} avec"),
        (Some(avant), Some(None)) => format!("{avant} sans le projet"),
    }
}

/// Why a figure of the territory is not told with the project, where its places go to communes that it does not count;
/// begins with a space, or nothing.
pub(super) fn hors_de_l_ensemble(terrain: &Terrain<'_>, evaluation: &Evaluation) -> String {
    let (sans, avec) = (&evaluation.ensemble.sans, &evaluation.ensemble.avec[0]);
    let perdu = |avant: Chiffre, apres: Chiffre| avant.connu().is_some() && apres.connu().is_none();
    let (quoi, verbes, dont) = match (perdu(sans.solde, avec.solde), perdu(sans.pour_100, avec.pour_100)) {
        (false, false) => return String::new(),
        (true, false) => ("le solde", ("est", "il ne compte pas"), "dont le besoin n’est pas connu"),
        (false, true) => (
            "le nombre de places pour 100\u{a0}enfants",
            ("est", "il ne compte pas"),
            "dont les enfants ne sont pas connus",
        ),
        (true, true) => (
            "le solde et le nombre de places pour 100\u{a0}enfants",
            ("sont", "ils ne comptent pas"),
            "dont les enfants ne sont pas connus",
        ),
    };
    let (est, ne_compte_pas) = verbes;
    let commune = &terrain.communes[evaluation.rang];
    let tu = |chiffre: Chiffre| chiffre.statut == Statut::Secret;
    if tu(commune.solde) || tu(commune.enfants) {
        let tu = if tu(commune.enfants) { "le nombre d’enfants" } else { "le besoin" };
        let pronom = if est == "est" { "il ne compte pas" } else { "ils ne comptent pas" };
        return format!(
            " Avec le projet, {quoi} du territoire {est} n.d.\u{a0}: {pronom} toutes les communes, et {tu} de {} n’est pas diffusé.",
            commune.nom
        );
    }
    let commune = &commune.nom;
    format!(" Avec le projet, {quoi} du territoire {est} n.d.\u{a0}: {ne_compte_pas} {commune}, {dont}.")
}

/// What a study never knows, and what this one does not.
pub(super) fn inconnu(etude: &Etude<'_>) -> Vec<String> {
    let mut lignes = vec![
        "L’offre et les enfants des communes hors du territoire\u{a0}: près de ses bords, les chiffres sont incertains.".to_owned(),
        "Combien de places d’assistants maternels le projet remplacerait vraiment\u{a0}: les trois hypothèses (0, 25 et 50\u{202f}%) encadrent, elles ne prévoient pas.".to_owned(),
        "Les horaires, le prix pour les familles, les locaux, le recrutement et l’équilibre financier du projet.".to_owned(),
        "L’usage réel des places\u{a0}: un agrément ou une place autorisée n’est pas toujours proposé, et un enfant peut occuper deux places à temps partiel.".to_owned(),
    ];
    let cercle = &etude.entourage.cercles[2];
    let derniere = |id, modalite| etude.terrain.derniere(id, modalite).map_or(Chiffre::ABSENT, |(_, c)| c);
    let (demandes, attente) = (derniere("demandes", ""), derniere("preinscriptions", "enfants"));
    let manquants = [
        ("les places libres déclarées", cercle.places_libres),
        ("les enfants dont les parents travaillent", cercle.parents_actifs),
        ("les âges des assistants maternels", cercle.departs_5_ans),
        ("les demandes reçues par le relais", demandes),
        ("les listes d’attente des établissements", attente),
    ];
    let manquants: Vec<&str> =
        manquants.iter().filter(|(_, c)| c.connu().is_none()).map(|(nom, _)| *nom).collect();
    if !manquants.is_empty() {
        lignes.push(format!("Non connus ou non diffusés pour ce lieu\u{a0}: {}.", manquants.join(", ")));
    }
    lignes
}
