//! The fiches communes that the relais brings up to date with the mairies, as one sheet: a row a commune, a
//! column a service, filled in by fifteen persons.

use super::super::communes::EPCI;
use super::super::{Commune, ErreurSimulation, Flux, Territoire, noms};
use super::tableur::{Cellule, Feuille, Ligne, ligne, xlsx};
use rand::RngExt;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;

/// Headers, as the relais wrote them. The name of the contact stops at the door.
const ENTETES: [&str; 12] = [
    "Commune",
    "École publique",
    "École privée",
    "Accueil périscolaire (jours, heures)",
    "Restauration scolaire",
    "Centre de loisirs (périodes, âges)",
    "Matinées d'éveil du relais (lieu, fréquence)",
    "Médiathèque",
    "Ludothèque",
    "Lieu d'accueil enfants-parents (LAEP)",
    "Mairie",
    "Nom du contact",
];

/// The workbook: two title lines, the header, the communes by name, a note.
pub(super) fn fichier(territoire: &Territoire) -> Result<(String, Vec<u8>), ErreurSimulation> {
    let mut hasard = Flux::Services.ouvrir(territoire.parametres.graine);
    let annee = territoire.parametres.derniere_annee();
    let mut communes: Vec<&Commune> = territoire.communes.iter().collect();
    communes.sort_by_cached_key(|c| noms::en_capitales(&c.nom));
    let mut lignes = vec![
        ligne![format!("Relais petite enfance, {} : ce que proposent les communes, rentrée {annee}", EPCI.1)],
        vec![],
        ENTETES.map(Cellule::from).to_vec(),
    ];
    lignes.extend(communes.iter().enumerate().map(|(rang, c)| rangee(&mut hasard, rang, c)));
    lignes.push(vec![]);
    lignes.push(ligne!["Mis à jour deux fois par an avec les mairies, en septembre et en mars."]);
    let nom = format!("communes/fiches_communes_{annee}.xlsx");
    let feuille = Feuille { nom: "Fiches communes".to_owned(), lignes, titres_fusionnes: 1 };
    let octets = xlsx(&nom, &feuille)?;
    Ok((nom, octets))
}

fn rangee(hasard: &mut ChaCha8Rng, rang: usize, commune: &Commune) -> Ligne {
    let grande = |seuil: u32| commune.population >= seuil;
    // Each mairie writes its own name as it is used to.
    let nom = match rang % 4 {
        1 => noms::en_capitales(&commune.nom),
        3 => noms::sans_traits(&commune.nom),
        _ => commune.nom.clone(),
    };
    let a_une_ecole = grande(300);
    let publique =
        choisir(hasard, &["Jules-Ferry", "du Bocage", "des Tilleuls", "Jacques-Prévert", "de la Fontaine"]);
    let publique = ecole(hasard, publique, commune, 450);
    let ailleurs = "Regroupement avec la commune voisine (RPI), car scolaire".to_owned();
    let si = |oui: bool, texte: String| if oui { texte } else { rien(rang).to_owned() };
    vec![
        nom.into(),
        if a_une_ecole { publique } else { ailleurs }.into(),
        si(grande(2_500), ecole(hasard, "Sainte-Marie", commune, 900)).into(),
        si(a_une_ecole, periscolaire(hasard, rang)).into(),
        si(a_une_ecole, cantine(hasard)).into(),
        si(grande(1_200), loisirs(hasard)).into(),
        si(grande(700), eveil(hasard)).into(),
        si(grande(900), mediatheque(hasard)).into(),
        si(grande(6_000), "Le samedi de 10 h à 12 h, à la médiathèque".to_owned()).into(),
        si(grande(4_500), "Le vendredi matin, hors vacances, sans inscription".to_owned()).into(),
        format!("{}, mairie@{}.exemple.fr", noms::telephone(hasard), adresse_de(&commune.nom)).into(),
        format!("Mme {}", noms::patronyme(hasard)).into(),
    ]
}

/// What stands where there is nothing to tell of: each to their own.
fn rien(rang: usize) -> &'static str {
    ["", "néant", "non", ""][rang % 4]
}

/// A school of a commune: a class for so many inhabitants.
fn ecole(hasard: &mut ChaCha8Rng, nom: &str, commune: &Commune, habitants_par_classe: u32) -> String {
    let classes = (commune.population / habitants_par_classe).clamp(2, 14);
    let eleves = classes * hasard.random_range(21..26);
    format!("École {nom}, {classes} classes, {eleves} élèves")
}

fn choisir(hasard: &mut ChaCha8Rng, liste: &[&'static str]) -> &'static str {
    liste.choose(hasard).copied().unwrap_or_default()
}

/// Hours, written in as many ways as there are secretaries.
fn periscolaire(hasard: &mut ChaCha8Rng, rang: usize) -> String {
    let (matin, soir) = (choisir(hasard, &["00", "15", "30"]), choisir(hasard, &["15", "30", "45"]));
    match rang % 3 {
        0 => format!("Lundi, mardi, jeudi, vendredi : 7 h {matin} - 8 h 45 et 16 h 30 - 18 h {soir}"),
        1 => format!("L-M-J-V 7h{matin}-8h45 / 16h30-18h{soir}"),
        _ => format!("de 7H{matin} à 8H40, puis jusqu'à 18H{soir} (pas le mercredi)"),
    }
}

fn cantine(hasard: &mut ChaCha8Rng) -> String {
    let choix = ["Oui, cuisine sur place", "Oui, repas livrés", "OUI", "Oui (inscription à la semaine)"];
    choisir(hasard, &choix).to_owned()
}

fn loisirs(hasard: &mut ChaCha8Rng) -> String {
    let choix = [
        "3-11 ans, mercredis et vacances sauf trois semaines en août",
        "3 à 12 ans, petites vacances et juillet",
        "Mercredi et toutes les vacances, à partir de 3 ans",
    ];
    choisir(hasard, &choix).to_owned()
}

fn eveil(hasard: &mut ChaCha8Rng) -> String {
    let lieu = choisir(hasard, &["Salle des fêtes", "Accueil périscolaire", "Salle polyvalente"]);
    let quand = choisir(hasard, &["un mardi sur deux", "chaque jeudi matin", "le 1er vendredi du mois"]);
    format!("{lieu}, {quand}")
}

fn mediatheque(hasard: &mut ChaCha8Rng) -> String {
    let choix = [
        "Mercredi 14 h - 18 h, samedi 10 h - 12 h 30",
        "Mardi 16h30-18h30, samedi matin",
        "Mercredi et samedi ; bébés lecteurs le 2e jeudi du mois",
    ];
    choisir(hasard, &choix).to_owned()
}

/// `Vœuvre-le-Petit` → `voeuvre-le-petit`.
fn adresse_de(nom: &str) -> String {
    noms::sans_accents(nom).to_lowercase().replace(['\'', ' '], "-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::Parametres;
    use crate::sources::lecture;

    #[test]
    fn chaque_commune_a_sa_rangee() {
        let territoire = Territoire::imaginer(&Parametres::demo(2024)).expect("territoire");
        let dossier = tempfile::tempdir().expect("dossier temporaire");
        let chemin = dossier.path().join("fiches.xlsx");
        std::fs::write(&chemin, fichier(&territoire).expect("classeur").1).expect("écriture");
        let grilles = lecture::lire(&chemin, "fiches.xlsx").expect("lecture");
        let [grille] = grilles.as_slice() else { panic!("une feuille attendue") };
        let textes = |colonne| (0..grille.hauteur()).filter_map(move |r| grille.cellule(r, colonne));
        assert_eq!(textes(10).count(), 16, "un en-tête et quinze mairies");
        assert!(textes(10).skip(1).all(|t| t.contains(".exemple.fr")));
        let en_capitales = |nom: &str| noms::en_capitales(nom) == nom && nom.len() > 4;
        assert!(textes(0).any(en_capitales), "aucune commune en capitales");
        assert!(textes(0).any(|t| t.starts_with("St ") || t.starts_with("Ste ")), "aucun nom abrégé");
    }
}
