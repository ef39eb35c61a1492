//! The slides one after the other: what each shows, and what its title says.

use super::figures::{avenir, ecrire, figure, graphique, pied, serie, sur_trois_ans};
use super::{ChiffreCle, Corps, Diapositive, Genre, Tableau};
use crate::deliverables::apparence::Role;
use crate::deliverables::graphiques::{
    self, annees_declarees, citations, collectif_passe, dire_l_ecart, dire_les_declarees,
};
use crate::deliverables::look::{self, ESPACE_INSECABLE};
use crate::deliverables::messages::{self, Noms};
use crate::deliverables::perimetre::{self, memes_communes};
use crate::deliverables::{Contexte, ErreurLivrable, SourceCitee};
use crate::indicators::{Figure, Niveau, Statut, indicateur};
use std::collections::BTreeSet;

/// Rows that a slide holds and a room reads.
const LIGNES: usize = 16;

const AM: Noms = ("assistant maternel", "assistants maternels");
const AM_AGREES: Noms = ("assistant maternel agréé", "assistants maternels agréés");
const PLACES_AM: Noms = ("place chez les assistants maternels", "places chez les assistants maternels");
const NAISSANCES: Noms = ("naissance", "naissances");

/// What must not be taken for a published rate.
const LOCAL: &str =
    "Les places pour 100\u{a0}enfants sont un rapport local, pas le taux de couverture de la Cnaf.";

type Faite = Result<Option<Diapositive>, ErreurLivrable>;

/// Every slide whose data are there.
pub(super) fn diapositives(contexte: &Contexte<'_>) -> Result<Vec<Diapositive>, ErreurLivrable> {
    let faites: [fn(&Contexte<'_>) -> Faite; 16] = [
        couverture,
        essentiel,
        assistants_maternels,
        places_des_am,
        flux,
        ages,
        offre_par_mode,
        financement,
        naissances,
        demande,
        carte,
        communes,
        projection,
        activite,
        enquete,
        methode,
    ];
    faites.into_iter().filter_map(|faire| faire(contexte).transpose()).collect()
}

/// What the speaker may add: what each indicator is, and what to beware of.
fn notes(ids: &[&str], lire: &str) -> String {
    let mut lignes = vec![lire.to_owned()];
    for entree in ids.iter().filter_map(|id| indicateur(id)) {
        lignes.push(format!("{}{ESPACE_INSECABLE}: {}", entree.libelle, entree.definition));
        lignes.push(entree.precaution.to_owned());
    }
    lignes.retain(|l| !l.is_empty());
    lignes.join("\n")
}

/// The change over five years, else over three, at constant perimeter.
fn evolution(contexte: &Contexte<'_>, stock: &str, noms: Noms) -> Option<String> {
    [5, 3].into_iter().find_map(|ans| {
        let ecart = figure(contexte, "evolution", &format!("{stock}:n-{ans}"), contexte.annee)?;
        let dite = messages::evolution(&ecart, ans, noms)?;
        Some(format!("{dite}{}", a_perimetre_constant(contexte, ans)))
    })
}

/// Said of a change of the territory where it has not the communes that it had: the totals of both years, which the
/// bars show, then differ by something else.
fn a_perimetre_constant(contexte: &Contexte<'_>, ans: i32) -> &'static str {
    if memes_communes(contexte, contexte.annee - ans, contexte.annee) {
        ""
    } else {
        ", à périmètre constant"
    }
}

fn couverture(contexte: &Contexte<'_>) -> Faite {
    Ok(Some(Diapositive {
        titre: super::titre(contexte),
        corps: Corps::Couverture(vec![
            contexte.territoire.to_owned(),
            "Observatoire de la petite enfance".to_owned(),
        ]),
        pied: String::new(),
        notes: "Chaque diapositive porte un message, ses sources et leur date. Les tableaux et les graphiques se modifient. n.d. : non disponible ; s. : non diffusé.".to_owned(),
    }))
}

fn essentiel(contexte: &Contexte<'_>) -> Faite {
    /// What is shown, what it is called, and the indicator of its change.
    const CHIFFRES: [(&str, &str, &str); 6] = [
        ("am_agrees", "assistants maternels agréés", "evolution"),
        ("am_places", "places chez les assistants maternels", "evolution"),
        ("eaje_places", "places en accueil collectif", "evolution"),
        ("enfants_0_2", "enfants de moins de 3\u{a0}ans", "evolution_enfants"),
        ("naissances", "naissances dans l’année", "evolution"),
        ("places_pour_100", "places pour 100\u{a0}enfants de moins de 3\u{a0}ans", ""),
    ];
    let mut lues = Vec::new();
    let chiffres: Vec<ChiffreCle> = CHIFFRES
        .into_iter()
        .filter_map(|(id, libelle, evolution)| {
            let lue = figure(contexte, id, "", contexte.annee).filter(|f| f.statut.est_connu())?;
            let ecart = figure(contexte, evolution, &format!("{id}:n-5"), contexte.annee);
            let ecart = ecart.filter(|f| f.statut.est_connu()).and_then(|f| Some((f.valeur?, f.statut)));
            let constant = a_perimetre_constant(contexte, 5);
            let ecart = ecart.map(|(ecart, statut)| {
                let estime = if statut == Statut::Estime { " (e)" } else { "" };
                format!("{} en cinq{ESPACE_INSECABLE}ans{constant}{estime}", look::ecart(ecart, 0))
            });
            let valeur = ecrire(&lue, id);
            let detail = [look::parties_de(&lue), ecart.unwrap_or_default()];
            let detail: Vec<String> = detail.into_iter().filter(|d| !d.is_empty()).collect();
            lues.push((libelle, lue));
            Some(ChiffreCle { valeur, libelle: libelle.to_owned(), detail: detail.join(", ") })
        })
        .collect();
    if chiffres.len() < 3 {
        return Ok(None);
    }
    let rapport = figure(contexte, "places_pour_100", "", contexte.annee).and_then(|f| messages::rapport(&f));
    Ok(Some(Diapositive {
        titre: rapport.unwrap_or_else(|| format!("L’essentiel en {}", contexte.annee)),
        corps: Corps::Chiffres(chiffres),
        pied: format!("{LOCAL} {}", pied(contexte, &lues, "(e)")),
        notes: notes(
            &["places_pour_100", "am_agrees", "enfants_0_2"],
            "Les chiffres de l’année, sur tout le territoire.",
        ),
    }))
}

/// Bars over the years of one count, with its change as a title.
fn barres(
    contexte: &Contexte<'_>,
    id: &'static str,
    (nom, role): (&'static str, Role),
    titre: Option<String>,
) -> Option<Diapositive> {
    let figures = serie(contexte, id, "");
    let mut connues = figures.iter().filter(|f| f.statut.est_connu()).map(|f| f.annee);
    let perimetre =
        if connues.all(|a| memes_communes(contexte, a, contexte.annee)) { "" } else { perimetre::CHANGE };
    let (graphique, pied) = graphique(contexte, Genre::Barres, &[(nom, figures, role, false)])?;
    Some(Diapositive {
        titre: titre?,
        corps: Corps::Graphique(graphique),
        pied: look::enchainer([perimetre, &pied]),
        notes: notes(&[id], "L’axe part de zéro. Une différence entre deux années n’est pas une tendance."),
    })
}

fn compte_ou_evolution(
    contexte: &Contexte<'_>,
    id: &str,
    (noms, complets): (Noms, Noms),
    aucun: &str,
) -> Option<String> {
    let effectif =
        || figure(contexte, id, "", contexte.annee).and_then(|f| messages::effectif(&f, complets, aucun));
    evolution(contexte, id, noms).or_else(effectif)
}

fn assistants_maternels(contexte: &Contexte<'_>) -> Faite {
    let titre = compte_ou_evolution(contexte, "am_agrees", (AM, AM_AGREES), "Aucun");
    Ok(barres(contexte, "am_agrees", ("Assistants maternels agréés", Role::Individuel), titre))
}

fn places_des_am(contexte: &Contexte<'_>) -> Faite {
    let titre = compte_ou_evolution(contexte, "am_places", (PLACES_AM, PLACES_AM), "Aucune");
    Ok(barres(contexte, "am_places", ("Places chez les assistants maternels", Role::Individuel), titre))
}

fn naissances(contexte: &Contexte<'_>) -> Faite {
    let titre = compte_ou_evolution(contexte, "naissances", (NAISSANCES, NAISSANCES), "Aucune");
    Ok(barres(contexte, "naissances", ("Naissances", Role::Naissances), titre))
}

fn flux(contexte: &Contexte<'_>) -> Faite {
    let de = |id| figure(contexte, id, "", contexte.annee);
    let titre = de("am_arrivees").zip(de("am_departs")).and_then(|(a, d)| {
        let ecart = figure(contexte, "evolution", "am_agrees:n-1", contexte.annee);
        messages::flux(&a, &d, ecart.as_ref())
    });
    let [departs, arrivees] = ["am_departs", "am_arrivees"].map(|id| serie(contexte, id, ""));
    let connues = departs.iter().chain(&arrivees).filter(|f| f.statut.est_connu()).map(|f| f.annee);
    let annees: Vec<i32> = connues.collect::<BTreeSet<_>>().into_iter().collect();
    let declarees = annees_declarees(contexte, &annees);
    // Side by side, bars of two counts would be read as a rise or a fall.
    // What the title says is shown.
    let comptees = annees.len() - declarees.len();
    let tues = if comptees > 1 && !declarees.contains(&contexte.annee) { declarees.as_slice() } else { &[] };
    let montrees = |figures: Vec<Figure>| -> Vec<Figure> {
        figures.into_iter().filter(|f| !tues.contains(&f.annee)).collect()
    };
    let series = [
        ("Départs", montrees(departs), Role::Departs, false),
        ("Arrivées", montrees(arrivees), Role::Arrivees, false),
    ];
    let Some((titre, (graphique, pied))) = titre.zip(graphique(contexte, Genre::Barres, &series)) else {
        return Ok(None);
    };
    let declarees = match tues {
        [] => dire_les_declarees(&declarees, &annees),
        tues => format!(
            "Comptés d’une liste de la PMI à la suivante. Ce que le relais a déclaré {} ne se compte pas de la même façon et n’est pas montré ici.",
            look::en_annees(tues)
        ),
    };
    let ecart = dire_l_ecart(contexte, &annees);
    // What the relais declares is cited beside what it is held against.
    let source_de_l_ecart = match citations(contexte, &serie(contexte, "am_departs", "declare")).as_slice() {
        [source, ..] if !ecart.is_empty() => format!("Déclarations{ESPACE_INSECABLE}: {source}."),
        _ => String::new(),
    };
    Ok(Some(Diapositive {
        titre,
        corps: Corps::Graphique(graphique),
        pied: look::enchainer([&declarees, &ecart, &pied, &source_de_l_ecart]),
        notes: notes(
            &["am_arrivees", "am_departs"],
            "Les motifs des départs ne sont pas dans les listes : ne pas en déduire.",
        ),
    }))
}

/// A picture of the report under a title made of figures.
fn image(contexte: &Contexte<'_>, nom: &str, titre: Option<String>, notes: String) -> Faite {
    let Some(titre) = titre else { return Ok(None) };
    let image = match graphiques::dessiner_nu(nom, contexte)? {
        Some(nue) => Some(nue),
        None => graphiques::dessiner(nom, contexte)?.map(|image| (image, String::new())),
    };
    Ok(image.map(|(image, pied)| Diapositive { titre, corps: Corps::Image(Box::new(image)), pied, notes }))
}

fn ages(contexte: &Contexte<'_>) -> Faite {
    let part = figure(contexte, "part_55_plus", "", contexte.annee);
    let titre = part.and_then(|f| messages::part(&f, "des assistants maternels ont 55\u{a0}ans ou plus"));
    image(
        contexte,
        "pyramide-ages",
        titre,
        notes(
            &["part_55_plus", "departs_5_ans"],
            "Un âge n’est pas une date de départ : chacun choisit la sienne.",
        ),
    )
}

/// Layers over the years, with a share as a title.
fn couches(
    contexte: &Contexte<'_>,
    titre: Option<String>,
    series: [(&'static str, &str, &str, Role); 2],
    ids: &[&str],
) -> Option<Diapositive> {
    let mut series =
        series.map(|(nom, id, modalite, role)| (nom, serie(contexte, id, modalite), role, false));
    // Layers add up: of a year of which one is not known, none is drawn.
    let connues = |figures: &[Figure]| -> BTreeSet<i32> {
        figures.iter().filter(|f| f.statut.est_connu()).map(|f| f.annee).collect()
    };
    let communes = &connues(&series[0].1) & &connues(&series[1].1);
    for (_, figures, ..) in &mut series {
        figures.retain(|f| communes.contains(&f.annee));
    }
    let lieu = (Niveau::Territoire, contexte.code_territoire);
    let passe = collectif_passe(contexte, lieu, communes.iter().copied());
    let (graphique, pied) = graphique(contexte, Genre::BarresEmpilees, &series)?;
    let pied = look::enchainer([passe, &pied]);
    Some(Diapositive {
        titre: titre?,
        corps: Corps::Graphique(graphique),
        pied,
        notes: notes(ids, "Les deux couches font le total de l’année."),
    })
}

fn offre_par_mode(contexte: &Contexte<'_>) -> Faite {
    let part = figure(contexte, "part_individuel", "", contexte.annee);
    let titre = part.and_then(|f| messages::part(&f, "des places sont chez des assistants maternels"));
    let series = [
        ("Chez les assistants maternels", "am_places", "", Role::Individuel),
        ("En accueil collectif", "eaje_places", "", Role::Collectif),
    ];
    Ok(couches(contexte, titre, series, &["part_individuel", "eaje_places"]))
}

fn financement(contexte: &Contexte<'_>) -> Faite {
    let part = figure(contexte, "part_psu", "", contexte.annee);
    let titre =
        part.and_then(|f| messages::part(&f, "des places collectives ont un tarif selon les revenus"));
    let series = [
        ("PSU (tarif selon les revenus)", "eaje_places", "financement:psu", Role::Collectif),
        ("PAJE (tarif de l’établissement)", "eaje_places", "financement:paje", Role::CollectifPaje),
    ];
    Ok(couches(contexte, titre, series, &["part_psu"]))
}

fn demande(contexte: &Contexte<'_>) -> Faite {
    // More children than places is no mistake, and the lines add up to nothing.
    const PARTAGE: &str =
        "Un enfant peut avoir deux modes d’accueil, et plusieurs enfants se partager une place.";
    let noms = (
        "enfant de moins de 3\u{a0}ans dont les parents travaillent",
        "enfants de moins de 3\u{a0}ans dont les parents travaillent",
    );
    let titre = figure(contexte, "enfants_0_2_parents_actifs", "", contexte.annee)
        .and_then(|f| messages::effectif(&f, noms, "Aucun"));
    let table = sur_trois_ans(
        contexte,
        &[
            ("Enfants de moins de 3\u{a0}ans", "enfants_0_2", ""),
            ("dont les parents travaillent", "enfants_0_2_parents_actifs", ""),
            ("Accueillis en établissement", "enfants_eaje", ""),
            ("Gardés par un assistant maternel", "enfants_am", ""),
            ("Gardés à domicile, aide de la Caf", "enfants_cmg_domicile", ""),
            ("Micro-crèche ou association, aide de la Caf", "enfants_cmg_structure", ""),
        ],
    );
    Ok(titre.zip(table).map(|(titre, (tableau, pied))| Diapositive {
        titre,
        corps: Corps::Tableau(tableau),
        pied: format!("{PARTAGE} {pied}"),
        notes: notes(&["enfants_0_2_parents_actifs", "enfants_eaje"], "Les lignes ne s’ajoutent pas."),
    }))
}

fn carte(contexte: &Contexte<'_>) -> Faite {
    let figures: Vec<Figure> = contexte
        .geographie
        .membres()
        .filter_map(|c| {
            contexte.table.figure(Niveau::Commune, c.code.as_str(), "places_pour_100", "", contexte.annee)
        })
        .collect();
    let titre = messages::etendue(&figures, "places pour 100\u{a0}enfants de moins de 3\u{a0}ans", "enfants");
    image(
        contexte,
        "carte-places-pour-100",
        titre,
        notes(
            &["places_pour_100", "accessibilite"],
            "Dans une petite commune, une place de plus ou de moins change beaucoup le rapport.",
        ),
    )
}

fn communes(contexte: &Contexte<'_>) -> Faite {
    const COLONNES: [(&str, &str); 5] = [
        ("Assistants maternels", "am_agrees"),
        ("Places, tous modes", "places_total"),
        ("Enfants de moins de 3\u{a0}ans", "enfants_0_2"),
        ("Places pour 100\u{a0}enfants", "places_pour_100"),
        ("Naissances", "naissances"),
    ];
    let mut lignes: Vec<(f64, String, Vec<Option<Figure>>)> = contexte
        .geographie
        .membres()
        .map(|c| {
            let lire =
                |id: &str| contexte.table.figure(Niveau::Commune, c.code.as_str(), id, "", contexte.annee);
            let figures: Vec<Option<Figure>> = COLONNES.iter().map(|(_, id)| lire(id)).collect();
            // Those of which the title speaks are shown, however small.
            let sans_offre = lire("sans_offre").and_then(|f| f.valeur) == Some(1.0);
            let naissances = lire("naissances").and_then(|f| f.valeur).unwrap_or(0.0);
            let taille = if sans_offre { f64::INFINITY } else { naissances };
            (taille, c.nom.replace('\'', "’"), figures)
        })
        .collect();
    let titre = figure(contexte, "sans_offre", "", contexte.annee)
        .and_then(|f| messages::communes(&f, "sans assistant maternel ni établissement"));
    let (Some(titre), false) = (titre, lignes.is_empty()) else { return Ok(None) };
    let toutes = lignes.len();
    // The last row is that of the territory.
    let montrees = LIGNES - 1;
    if toutes > montrees {
        lignes.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        lignes.truncate(montrees);
    }
    lignes.sort_by_cached_key(|(_, nom, _)| look::cle_alphabetique(nom));
    let mut entetes = vec!["Commune".to_owned()];
    entetes.extend(COLONNES.map(|(nom, _)| nom.to_owned()));
    let mut ecrites: Vec<Vec<String>> = lignes
        .iter()
        .map(|(_, nom, figures)| {
            let ecrites = figures
                .iter()
                .zip(COLONNES)
                .map(|(f, (_, id))| f.as_ref().map_or_else(|| "n.d.".to_owned(), |f| ecrire(f, id)));
            std::iter::once(nom.clone()).chain(ecrites).collect()
        })
        .collect();
    let ensemble = COLONNES.map(|(_, id)| (id, figure(contexte, id, "", contexte.annee)));
    let dire = |(id, f): &(&str, Option<Figure>)| {
        let dite = |f: &Figure| look::avec_parties(&ecrire(f, id), &look::parties_en_bref(f));
        f.as_ref().map_or_else(|| "n.d.".to_owned(), dite)
    };
    ecrites.push(std::iter::once("Territoire".to_owned()).chain(ensemble.iter().map(dire)).collect());
    let lues: Vec<(&str, Figure)> = lignes
        .into_iter()
        .flat_map(|(_, _, figures)| figures.into_iter().flatten())
        .chain(ensemble.into_iter().filter_map(|(_, f)| f))
        .map(|f| ("", f))
        .collect();
    let choix = if toutes > montrees {
        format!(
            "{montrees}{ESPACE_INSECABLE}communes sur {toutes}{ESPACE_INSECABLE}: celles qui n’ont aucune offre, puis celles qui ont le plus de naissances. "
        )
    } else {
        String::new()
    };
    Ok(Some(Diapositive {
        titre,
        corps: Corps::Tableau(Tableau::new(entetes, ecrites)),
        pied: format!("{choix}{}", pied(contexte, &lues, "(e)")),
        notes: notes(
            &["sans_offre", "places_total"],
            "Les familles trouvent aussi une place dans les communes voisines.",
        ),
    }))
}

fn projection(contexte: &Contexte<'_>) -> Faite {
    let lire = |modalite: &str| avenir(contexte, "projection_am", modalite);
    let fin = |modalite: &str| lire(modalite).into_iter().rfind(|f| f.statut.est_connu());
    let dit = messages::SCENARIOS.iter().find_map(|(scenario, debut)| {
        let bornes = fin(&format!("{scenario}:bas")).zip(fin(&format!("{scenario}:haut")));
        let titre = bornes.and_then(|(bas, haut)| messages::projection(debut, &bas, &haut, AM))?;
        Some((*scenario, titre))
    });
    let Some((scenario, titre)) = dit else { return Ok(None) };
    let (basse, haute, role) = match scenario {
        "tendance" => ("Tendance, borne basse", "Tendance, borne haute", Role::Tendance),
        _ => {
            ("Sans renouvellement, borne basse", "Sans renouvellement, borne haute", Role::SansRenouvellement)
        }
    };
    let cible_dite = contexte.parametres.projection.nom_de_la_cible();
    let series = [
        ("Sans renouvellement", lire("sans_renouvellement"), Role::SansRenouvellement, false),
        ("Tendance", lire("tendance"), Role::Tendance, false),
        // The interval that the title says.
        (basse, lire(&format!("{scenario}:bas")), role, true),
        (haute, lire(&format!("{scenario}:haut")), role, true),
        (cible_dite, lire("cible"), Role::Cible, false),
    ];
    let Some((graphique, _)) = graphique(contexte, Genre::Courbes, &series) else { return Ok(None) };
    let par_an = |scenario: &str| {
        let arrivees = avenir(contexte, "projection_arrivees", scenario);
        arrivees.last().and_then(messages::arrivees_par_an)
    };
    let cible = match (par_an("cible"), par_an("tendance")) {
        (Some(cible), Some(observees)) => {
            format!("{cible_dite} : {cible} ; au rythme observé : {observees}.")
        }
        (Some(cible), None) => format!("{cible_dite} : {cible}."),
        (None, _) => String::new(),
    };
    let figures: Vec<(&str, Figure)> = lire(scenario).into_iter().map(|f| ("", f)).collect();
    let sources = crate::deliverables::graphiques::citer(contexte, figures.iter().map(|(_, f)| f));
    Ok(Some(Diapositive {
        titre,
        corps: Corps::Graphique(graphique),
        pied: look::enchainer([
            &format!(
                "Valeurs estimées. Une projection n’est pas une prévision ; les bornes (en tirets) sont celles d’un seul scénario, « {} », et enferment neuf cas sur dix si les années à venir ressemblent aux années observées.",
                basse.split(',').next().unwrap_or(basse)
            ),
            &cible,
            &messages::tenue_de_la_projection(
                figure(contexte, "projection_tenue", "", contexte.annee).as_ref(),
            ),
            messages::reserve_de_projection(figure(contexte, "am_agrees", "", contexte.annee).as_ref()),
            &sources,
        ]),
        notes: notes(
            &["projection_am"],
            "Trois scénarios d’arrivées : aucune, la moyenne observée, celle qu’il faudrait pour atteindre l’objectif du relais, à défaut pour garder l’effectif d’aujourd’hui.",
        ),
    }))
}

fn activite(contexte: &Contexte<'_>) -> Faite {
    let titre = figure(contexte, "contacts_familles", "", contexte.annee).and_then(|f| {
        messages::effectif(
            &f,
            ("contact de famille avec le relais", "contacts de familles avec le relais"),
            "Aucun",
        )
    });
    let table = sur_trois_ans(
        contexte,
        &[
            ("Contacts de familles", "contacts_familles", ""),
            ("dont\u{a0}: recherche d’un mode d’accueil", "contacts_familles", "recherche"),
            ("dont\u{a0}: rôle d’employeur", "contacts_familles", "employeur"),
            ("Contacts d’assistants maternels", "contacts_professionnels", ""),
            ("Offres d’emploi relayées", "offres_emploi_relayees", ""),
            ("Séances de temps collectifs", "seances", ""),
            ("Enfants aux temps collectifs", "participants_enfants", ""),
            ("Assistants maternels en formation", "am_en_formation", ""),
            ("Porteurs de projet reçus", "porteurs_de_projet", ""),
        ],
    );
    Ok(titre.zip(table).map(|(titre, (tableau, pied))| Diapositive {
        titre,
        corps: Corps::Tableau(tableau),
        pied,
        notes: notes(
            &["contacts_familles", "seances"],
            "Une famille qui appelle trois fois compte trois contacts.",
        ),
    }))
}

/// The first question of a survey that asks for a mark.
fn enquete(contexte: &Contexte<'_>) -> Faite {
    for (nom, figure, sur) in graphiques::moyennes(contexte) {
        let titre = messages::moyenne(&figure, sur);
        let faite = image(
            contexte,
            &nom,
            titre,
            notes(
                &["enquete_moyenne", "enquete_repondants"],
                "La question est écrite au-dessus du graphique.",
            ),
        )?;
        if faite.is_some() {
            return Ok(faite);
        }
    }
    Ok(None)
}

fn methode(contexte: &Contexte<'_>) -> Faite {
    let sources: Vec<SourceCitee> = contexte.sources.values().cloned().collect();
    let mut points = vec![
        format!("Sources de tout le rapport{ESPACE_INSECABLE}: {}.", graphiques::regrouper(&sources).join("\u{202f}; ")),
        "Un agrément n’est pas une activité : une partie des assistants maternels agréés ne garde aucun enfant.".to_owned(),
        LOCAL.to_owned(),
        "n.d.\u{a0}: non disponible. s.\u{a0}: non diffusé, parce que le chiffre parle de trop peu de personnes, qu’il permettrait de retrouver un chiffre non diffusé, ou que la source le tait.".to_owned(),
        "(e)\u{a0}: valeur estimée, calculée à partir d’autres chiffres.".to_owned(),
    ];
    points.push("Chaque chiffre est dans indicateurs.xlsx, avec sa définition et sa date.".to_owned());
    Ok(Some(Diapositive {
        titre: "D’où viennent ces chiffres, et comment les lire".to_owned(),
        corps: Corps::Points(points),
        pied: String::new(),
        notes: "À garder pour les questions.".to_owned(),
    }))
}
