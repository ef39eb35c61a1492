//! Names: of communes, of persons, of streets, of structures; and what offices do to them.

use rand::RngExt;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Member communes of the demonstration, largest first. None is the name of a commune of France.
const MEMBRES: [&str; 15] = [
    "Aubrelonde",
    "Saint-Aubrin-sur-Vendrelle",
    "Le Poirier-Blanc",
    "Beauchêne-l'Abbesse",
    "Les Essarlières",
    "Sainte-Orlène-des-Brandes",
    "Pont-Jaunay",
    "La Châtaigne-aux-Moines",
    "Montfrelon",
    "Vœuvre-le-Petit",
    "L'Ormeraie-Neuve",
    "Saint-Théodulphe-de-la-Bruyère-sous-Vendrelle",
    "Grand'Vergne",
    "La Genevrière",
    "Oux",
];

/// Communes around, in the order in which they are given.
const VOISINES: [&str; 23] = [
    "Belloire",
    "Saint-Maxin-le-Gué",
    "Les Trois-Vergnes",
    "Fontevrelle",
    "La Roche-Aubrée",
    "Le Champ-Marou",
    "Quincelay",
    "Saint-Ouvrin",
    "Mareuil-aux-Ajoncs",
    "Sainte-Ermelle",
    "Virelonne",
    "Le Bois-Tardif",
    "Nieulonges",
    "Port-Chavreuil",
    "Courtegrive",
    "Le Lac-aux-Hérons",
    "Ardillonne",
    "Puy-Serment",
    "Coëtrelan",
    "Saint-Aubrin-la-Forêt",
    "L'Étang-Vieux",
    "Brandelay",
    "Verdelonne",
];

/// Heads and tails of made-up names, for territories that need more than the lists hold.
const RADICAUX: [&str; 40] = [
    "Auvrelle",
    "Bressonge",
    "Chantaroux",
    "Dourlonge",
    "Esparvy",
    "Frelonnay",
    "Gouvrelle",
    "Hautebrive",
    "Jarvilonne",
    "Lormeroux",
    "Malvernay",
    "Norvelonge",
    "Orgevrelle",
    "Pastelonne",
    "Quarvoie",
    "Rochevrelle",
    "Sarmelonge",
    "Touvrelay",
    "Urvelonne",
    "Vaucregny",
    "Saint-Orbrin",
    "Saint-Velmin",
    "Sainte-Ardine",
    "Saint-Quorin",
    "Sainte-Favine",
    "Saint-Thulmer",
    "Le Chêne-Orvin",
    "La Haie-Corvelle",
    "Les Ajoncs-Bruns",
    "La Lande-Tournelle",
    "Le Pré-Marvoux",
    "L'Aubépin-Vert",
    "La Fosse-Arlette",
    "Les Quatre-Puisards",
    "Villemargon",
    "Montorvel",
    "Champvrelin",
    "Bellegarvie",
    "Roquelonne",
    "Pontarvelle",
];
const SUITES: [&str; 30] = [
    "",
    "-le-Haut",
    "-le-Bas",
    "-sur-Lorgne",
    "-en-Vendrelois",
    "-les-Brandes",
    "-aux-Étangs",
    "-le-Vieil",
    "-sous-Bois",
    "-d'Ardelle",
    "-la-Rivière",
    "-le-Moutier",
    "-sur-Vendrelle",
    "-l'Ormeau",
    "-des-Ajoncs",
    "-le-Gué",
    "-la-Plaine",
    "-au-Perche",
    "-en-Marvois",
    "-la-Tour",
    "-le-Comte",
    "-sous-Orvin",
    "-du-Marais",
    "-la-Forêt",
    "-le-Franc",
    "-sur-Arvelle",
    "-les-Moulins",
    "-la-Croix",
    "-le-Roux",
    "-des-Landes",
];

/// Beginnings and ends of made-up names, for a whole country.
const DEBUTS: [&str; 42] = [
    "Aubr",
    "Bress",
    "Chant",
    "Dourl",
    "Esparv",
    "Frel",
    "Gouvr",
    "Harv",
    "Island",
    "Jarv",
    "Korv",
    "Lorm",
    "Malv",
    "Norv",
    "Orgevr",
    "Past",
    "Quarv",
    "Roqu",
    "Sarm",
    "Touvr",
    "Urv",
    "Vaucr",
    "Ymbr",
    "Zilv",
    "Saint-Orb",
    "Saint-Velm",
    "Sainte-Ard",
    "Saint-Quor",
    "Sainte-Fav",
    "Saint-Thulm",
    "Le Chêne-Orv",
    "La Haie-Corv",
    "Les Ajoncs-Br",
    "La Lande-T",
    "Le Pré-Marv",
    "L'Aubépin-V",
    "La Fosse-Arl",
    "Villem",
    "Montorv",
    "Champvr",
    "Bellegarv",
    "Pontarv",
];
const FINS: [&str; 30] = [
    "elonde", "onge", "aroux", "illy", "y", "onnay", "elle", "ebrive", "ilonne", "eroux", "ernay", "elonge",
    "esson", "onne", "oie", "ettes", "igné", "elay", "ière", "egny", "in", "aud", "acq", "oul", "argue",
    "euil", "ancourt", "isy", "ombe", "ault",
];

/// Names of the communes of a country, all different.
pub(super) fn nombreux(combien: usize) -> Vec<String> {
    let mut vus = std::collections::BTreeSet::new();
    (0..DEBUTS.len() * FINS.len() * SUITES.len())
        .map(|rang| {
            let (debut, reste) = (rang % DEBUTS.len(), rang / DEBUTS.len());
            // One suffix does not fill a whole corner of the country.
            let (fin, suite) =
                (reste % FINS.len(), (reste / FINS.len() + 7 * debut + 11 * reste) % SUITES.len());
            format!("{}{}{}", DEBUTS[debut], FINS[fin], SUITES[suite])
        })
        .filter(|nom| vus.insert(nom.clone()))
        .take(combien)
        .collect()
}

/// Names of `membres` communes then of `voisines`, all different.
pub(super) fn communes(membres: usize, voisines: usize) -> (Vec<String>, Vec<String>) {
    let composes = || SUITES.iter().flat_map(|s| RADICAUX.iter().map(move |r| format!("{r}{s}")));
    let mut reserve = composes();
    let mut prendre = |liste: &[&str], combien: usize| -> Vec<String> {
        let mut noms: Vec<String> = liste.iter().take(combien).map(|&n| n.to_owned()).collect();
        noms.extend(reserve.by_ref().take(combien.saturating_sub(liste.len())));
        noms
    };
    (prendre(&MEMBRES, membres), prendre(&VOISINES, voisines))
}

const PATRONYMES: [&str; 96] = [
    "ALLARD",
    "ARNAUD",
    "AUBERT",
    "AUDOUIN",
    "BARBIER",
    "BARON",
    "BAUDRY",
    "BÉNARD",
    "BERNIER",
    "BERTIN",
    "BESSON",
    "BLANCHET",
    "BOISSEAU",
    "BONNEAU",
    "BOUCHER",
    "BOURDIN",
    "BOUTIN",
    "BRETON",
    "BRUNET",
    "BUREAU",
    "CAILLAUD",
    "CHARRIER",
    "CHAUVIN",
    "CHEVALIER",
    "CLÉMENT",
    "COLIN",
    "CORNU",
    "COUSIN",
    "DA SILVA",
    "DANIEAU",
    "DELAGE",
    "DENIAU",
    "DOUILLARD",
    "DUPRÉ",
    "DURANDET",
    "ÉTIENNE",
    "FAVREAU",
    "FERRÉ",
    "FLEURY",
    "FOUCHER",
    "FOURNIER",
    "GABORIT",
    "GAUTIER",
    "GENDRON",
    "GIRARD",
    "GIRAUDEAU",
    "GRELLIER",
    "GUÉRIN",
    "GUILBAUD",
    "GUILLOU",
    "HARDY",
    "HERVOUET",
    "HUBERT",
    "JAUNET",
    "JOLY",
    "JOUBERT",
    "LAMBERT",
    "LANDREAU",
    "LE BIHAN",
    "LE GALL",
    "LEBLANC",
    "LEFORT",
    "LEMAÎTRE",
    "LORIEAU",
    "MARCHAND",
    "MARTINEAU",
    "MASSÉ",
    "MERCIER",
    "MICHAUD",
    "MOREAU",
    "MORIN",
    "MORNET",
    "NAULEAU",
    "NICOLEAU",
    "OLLIVIER",
    "PAPIN",
    "PASQUIER",
    "PELLETIER",
    "PERROCHEAU",
    "PICARD",
    "POIRIER",
    "POTIER",
    "PRAUD",
    "RABILLER",
    "RENAUD",
    "RICHARD",
    "ROBIN",
    "ROUSSEAU",
    "ROY",
    "SIMONNEAU",
    "TESSIER",
    "THIBAUD",
    "TRICHET",
    "VALLÉE",
    "VINCENT",
    "VRIGNAUD",
];

/// First names with the years in which they were usual.
const PRENOMS: [(i32, i32, &[&str]); 4] = [
    (
        1900,
        1967,
        &[
            "Annick",
            "Bernadette",
            "Brigitte",
            "Catherine",
            "Chantal",
            "Christiane",
            "Claudine",
            "Danielle",
            "Dominique",
            "Éliane",
            "Évelyne",
            "Françoise",
            "Ghislaine",
            "Jocelyne",
            "Marie-Claude",
            "Marie-France",
            "Martine",
            "Michèle",
            "Monique",
            "Mireille",
            "Nicole",
            "Odile",
            "Patricia",
            "Régine",
            "Sylvie",
            "Véronique",
            "Maryvonne",
            "Joël",
        ],
    ),
    (
        1968,
        1979,
        &[
            "Agnès",
            "Béatrice",
            "Carole",
            "Cécile",
            "Christelle",
            "Corinne",
            "Delphine",
            "Fabienne",
            "Florence",
            "Isabelle",
            "Karine",
            "Laurence",
            "Magali",
            "Marie-Laure",
            "Myriam",
            "Nadège",
            "Nathalie",
            "Peggy",
            "Sandrine",
            "Séverine",
            "Sonia",
            "Sophie",
            "Stéphanie",
            "Valérie",
            "Virginie",
            "Yasmina",
            "Laurent",
        ],
    ),
    (
        1980,
        1989,
        &[
            "Adeline",
            "Amélie",
            "Anaïs",
            "Angélique",
            "Aurélie",
            "Céline",
            "Charlène",
            "Cindy",
            "Élodie",
            "Émilie",
            "Fanny",
            "Gaëlle",
            "Gwenaëlle",
            "Hélène",
            "Jennifer",
            "Julie",
            "Laëtitia",
            "Ludivine",
            "Mélanie",
            "Noémie",
            "Priscilla",
            "Solène",
            "Vanessa",
            "Fatima",
            "Jérôme",
        ],
    ),
    (
        1990,
        2100,
        &[
            "Alexia", "Amandine", "Camille", "Chloé", "Clara", "Coralie", "Emma", "Flavie", "Inès",
            "Justine", "Laura", "Léa", "Loïse", "Lucie", "Maëva", "Manon", "Marine", "Marion", "Mathilde",
            "Océane", "Pauline", "Romane", "Sarah", "Maxime",
        ],
    ),
];

/// A family name, in capitals with its accents, as the PMI writes them.
pub(super) fn patronyme(hasard: &mut ChaCha8Rng) -> &'static str {
    PATRONYMES.choose(hasard).copied().unwrap_or("MARTINEAU")
}

/// A first name that was usual in the year of birth.
pub(super) fn prenom(hasard: &mut ChaCha8Rng, naissance: i32) -> &'static str {
    PRENOMS
        .iter()
        .find(|(debut, fin, _)| (*debut..=*fin).contains(&naissance))
        .and_then(|(_, _, liste)| liste.choose(hasard))
        .copied()
        .unwrap_or("Dominique")
}

const VOIES: [&str; 36] = [
    "rue des Ajoncs",
    "rue du Lavoir",
    "impasse des Merles",
    "rue de l'Église",
    "allée des Tilleuls",
    "rue du Stade",
    "chemin de la Fontaine",
    "rue des Écoles",
    "place du Marché",
    "rue du Calvaire",
    "lotissement les Genêts",
    "rue de la Gare",
    "rue du Moulin",
    "impasse du Pressoir",
    "rue Jean-Moulin",
    "rue des Primevères",
    "avenue de la Vendrelle",
    "rue du 8-Mai-1945",
    "la Basse-Lande",
    "le Grand-Pâtis",
    "rue de Bel-Air",
    "rue du Prieuré",
    "allée des Mésanges",
    "rue Louis-Pasteur",
    "rue des Forges",
    "le Petit-Logis",
    "rue de la Mairie",
    "rue Marie-Curie",
    "route du Pont-Jaunay",
    "rue des Vignes",
    "impasse des Coquelicots",
    "rue de l'Étang",
    "chemin des Douves",
    "rue du Chêne-Vert",
    "rue de la Croix-Rouge",
    "square des Camélias",
];

/// A number and a street.
pub(super) fn adresse(hasard: &mut ChaCha8Rng) -> String {
    let numero = hasard.random_range(1..90);
    let bis = if hasard.random_ratio(1, 15) { " bis" } else { "" };
    format!("{numero}{bis} {}", VOIES.choose(hasard).copied().unwrap_or("rue du Stade"))
}

/// A telephone number of the ranges that the Arcep keeps for fiction.
pub(super) fn telephone(hasard: &mut ChaCha8Rng) -> String {
    let prefixe = if hasard.random_ratio(7, 10) {
        "06 39 98"
    } else if hasard.random_ratio(2, 3) {
        "02 61 91"
    } else {
        "01 99 00"
    };
    format!("{prefixe} {:02} {:02}", hasard.random_range(0..100), hasard.random_range(0..100))
}

const MAM: [&str; 24] = [
    "Les Petits Pas",
    "Au Fil des Câlins",
    "Les P'tits Loups",
    "La Ronde des Doudous",
    "Pomme de Reinette",
    "L'Île aux Bambins",
    "Graines de Malice",
    "Les Coquelicots",
    "1, 2, 3 Soleil",
    "La Cabane Enchantée",
    "Les Frimousses",
    "Tête en l'Air",
    "Main dans la Main",
    "Les Libellules",
    "La Clé des Champs",
    "Petit à Petit",
    "Les Lutins du Bocage",
    "Bulles d'Éveil",
    "Le Nid Douillet",
    "Les Explorateurs",
    "La Farandole",
    "Arc-en-Ciel",
    "Les Marmottes",
    "Pas à Pas",
];
const CRECHES: [&str; 24] = [
    "Les Galipettes",
    "Bulle d'Air",
    "Les Petits Mousses",
    "Le Jardin de Lou",
    "Pirouette",
    "Les Canaillous",
    "La Maison des Lutins",
    "Cocoon et Cie",
    "Les Bidibulles",
    "Tournesol",
    "Les Écureuils",
    "Plume et Coton",
    "La Parenthèse",
    "Les Minipouces",
    "Grain de Sable",
    "Ribambelle",
    "Les Petites Pousses",
    "Caramel",
    "Nuage Bleu",
    "Les Cabrioles",
    "La Luciole",
    "Pic et Puce",
    "Les Apprentis Sages",
    "Brin d'Herbe",
];
const PUBLICS: [&str; 6] =
    ["Les P'tits Princes", "La Coccinelle", "L'Envol", "Les Capucines", "Le Manège", "Les Alizés"];

/// The name of the `rang`-th of a kind; beyond the list, names come back with a number.
fn numerote(liste: &[&str], rang: usize) -> String {
    let nom = liste[rang % liste.len()];
    match rang / liste.len() {
        0 => nom.to_owned(),
        tour => format!("{nom} {}", tour + 1),
    }
}

pub(super) fn mam(rang: usize) -> String {
    format!("MAM {}", numerote(&MAM, rang))
}

pub(super) fn micro_creche(rang: usize) -> String {
    numerote(&CRECHES, rang)
}

pub(super) fn eaje_public(rang: usize) -> String {
    numerote(&PUBLICS, rang)
}

/// Without accents nor ligatures; the case is kept.
pub(super) fn sans_accents(texte: &str) -> String {
    let sans_ligature = texte.replace('œ', "oe").replace('Œ', "OE");
    sans_ligature.nfd().filter(|&c| !is_combining_mark(c)).collect()
}

/// What a keyboard in capitals makes of a name: `SAINTE ORLENE DES BRANDES`.
pub(super) fn en_capitales(nom: &str) -> String {
    sans_accents(nom).to_uppercase().replace(['-', '\''], " ")
}

/// Capitals with `SAINT` shortened: `STE ORLENE DES BRANDES`.
pub(super) fn en_capitales_abrege(nom: &str) -> String {
    let capitales = en_capitales(nom);
    if let Some(reste) = capitales.strip_prefix("SAINTE ") {
        format!("STE {reste}")
    } else if let Some(reste) = capitales.strip_prefix("SAINT ") {
        format!("ST {reste}")
    } else {
        capitales
    }
}

/// Small letters and accents kept, hyphens lost, `Saint` shortened: `St Aubrin sur Vendrelle`.
pub(super) fn sans_traits(nom: &str) -> String {
    let espaces = nom.replace('-', " ");
    if let Some(reste) = espaces.strip_prefix("Sainte ") {
        format!("Ste {reste}")
    } else if let Some(reste) = espaces.strip_prefix("Saint ") {
        format!("St {reste}")
    } else {
        espaces
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn les_noms_de_communes_sont_tous_differents_meme_sans_accents() {
        let (membres, voisines) = communes(600, 180);
        let uniques: BTreeSet<String> = membres.iter().chain(&voisines).map(|n| en_capitales(n)).collect();
        assert_eq!(uniques.len(), 780);
    }

    #[test]
    fn la_demo_a_les_difficultes_des_vrais_noms() {
        assert!(MEMBRES.iter().any(|n| n.chars().count() == 45));
        assert!(MEMBRES.iter().any(|n| n.chars().count() == 3));
        for morceau in ["Saint-", "Sainte-", "-sur-", "Le ", "La ", "Les ", "L'", "'", "œ", "ê"] {
            assert!(MEMBRES.iter().any(|n| n.contains(morceau)), "aucun nom avec « {morceau} »");
        }
    }

    #[test]
    fn les_noms_sont_salis_comme_au_bureau() {
        assert_eq!(en_capitales_abrege("Sainte-Orlène-des-Brandes"), "STE ORLENE DES BRANDES");
        assert_eq!(en_capitales("Vœuvre-le-Petit"), "VOEUVRE LE PETIT");
        assert_eq!(sans_traits("Saint-Aubrin-sur-Vendrelle"), "St Aubrin sur Vendrelle");
        assert_eq!(en_capitales("Beauchêne-l'Abbesse"), "BEAUCHENE L ABBESSE");
    }
}
