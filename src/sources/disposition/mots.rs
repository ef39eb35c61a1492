//! The words of headers that are about a count without being it, and of titles inside a table.

use std::sync::OnceLock;

use serde::Deserialize;

use super::Champ;
use crate::sources::valeurs::{est_familial, replier, sans_appel};

/// How a count begins that stands in words among the rows of a list: « Effectif 12 », « Soit 40 places ».
const DEBUTS_DE_COMPTE: [&str; 8] =
    ["total", "sous", "effectif", "effectifs", "nombre", "soit", "fait", "capacite"];

/// True if the first word of a text is that of a count.
pub fn annonce_un_compte(texte: &str) -> bool {
    replier(texte).split(' ').next().is_some_and(|mot| DEBUTS_DE_COMPTE.contains(&mot))
}

/// Words of a title: a longer text is a note.
const LONGUEUR_DE_TITRE: usize = 8;
/// The words that come with the program.
const MOTS: &str = include_str!("../../../pipelines/layouts/mots_des_tableaux.toml");

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mots {
    /// Parts, ranks, rates, forecasts.
    etrangers: Vec<String>,
    /// Of no import beside a year.
    neutres: Vec<String>,
    /// Of no import beside others.
    liaisons: Vec<String>,
    /// That a figure is of a part of a year, or of several.
    periodes: Vec<String>,
    /// Counts by commune and year that are not births.
    autres_comptes: Vec<String>,
    /// That what is told is worked out of births, and does not count them.
    derives: Vec<String>,
    /// That births are counted where they took place.
    ailleurs: Vec<String>,
    /// Of the title of a list of those who are no longer there.
    sorties: Vec<String>,
    /// Beside which the former leave somebody else there.
    melees: Vec<String>,
    /// Of the title of the list itself.
    liste: Vec<String>,
    /// Of the name of a sheet that is the table, whatever its day.
    tableau: Vec<String>,
}

/// Empty only if the file that comes with the program could not be read, which a test forbids.
fn mots() -> &'static Mots {
    static LUS: OnceLock<Mots> = OnceLock::new();
    LUS.get_or_init(|| toml::from_str(MOTS).unwrap_or_default())
}

/// A header as it is compared: its percent sign is a word.
pub(super) fn plier_entete(entete: &str) -> String {
    let entete = sans_appel(entete);
    if entete.contains('%') { replier(&entete.replace('%', " pourcent ")) } else { replier(entete) }
}

/// The words that tell that a column is not this count. Those that its own headers hold are not among them
/// (« enfants dont les parents travaillent »).
pub(super) fn etrangers(champ: &Champ) -> Vec<&'static str> {
    let siens: Vec<String> = champ.entetes.iter().map(|e| plier_entete(e)).collect();
    let sien = |mot: &str| siens.iter().any(|entete| entete.split(' ').any(|m| m == mot));
    mots().etrangers.iter().map(String::as_str).filter(|mot| !sien(mot)).collect()
}

/// True if a label says nothing of what is counted (« au 31/12 »), or nothing at all.
pub(super) fn est_neutre(plie: &str) -> bool {
    sans_fin_d_annee(plie).split_whitespace().all(|mot| est_parmi(mot, &mots().neutres))
}

/// How words begin that say in what state numbers are, or who gives them.
const ETATS: [&str; 11] =
    ["def", "prov", "semi", "revis", "consolid", "corrig", "publi", "centre", "pajemploi", "nov", "fichier"];

/// True for a text below a header that leaves it what it is: « provisoire », « nombre », « au 31/12/2024 », « (12 mois) »,
/// « janv.-déc. »; not « en % », « (6 mois) », « garçons », « objectif ».
pub(super) fn precise_sans_changer(texte: &str) -> bool {
    if est_une_unite(texte) {
        return false;
    }
    let plie = plier_entete(texte);
    let mots: Vec<&str> = plie.split_whitespace().collect();
    let annee_entiere = matches!(mots.as_slice(), ["12", "mois"])
        || mots.len() > 1 && mots[0].starts_with("janv") && mots[mots.len() - 1].starts_with("dec");
    let sans_fin = sans_fin_d_annee(&plie);
    // November is the month of the childminders whom the Caf counts.
    let dite = |mot: &str| ETATS.iter().any(|debut| mot.starts_with(debut));
    annee_entiere || sans_fin.split_whitespace().all(|mot| est_sans_portee(mot) || dite(mot))
}

/// True for « % », « en ‰ », « k€ »: no count.
pub(super) fn est_une_unite(texte: &str) -> bool {
    texte.contains(['%', '‰', '€'])
}

/// True for a word of no import in a header, and for a year.
pub(super) fn est_sans_portee(mot: &str) -> bool {
    est_parmi(mot, &mots().neutres)
        || est_parmi(mot, &mots().liaisons)
        || mot.len() == 4 && mot.parse::<u32>().is_ok()
}

/// A label without the last day of the year: a figure « au 31/12/2024 » is of 2024, unlike that of any other day or month.
pub(super) fn sans_fin_d_annee(plie: &str) -> String {
    let mots: Vec<&str> = plie.split_whitespace().collect();
    let fin = |i: usize| mots.get(i) == Some(&"31") && matches!(mots.get(i + 1), Some(&("12" | "decembre")));
    let est_de_la_fin = |i: &usize| fin(*i) || *i > 0 && fin(i - 1);
    let restants = (0..mots.len()).filter(|i| !est_de_la_fin(i));
    restants.map(|i| mots[i]).collect::<Vec<_>>().join(" ")
}

/// True if a label, beside its year, tells a month, another day, or years before: « 06/2024 », « depuis 2020 ».
pub(super) fn dit_une_autre_periode(plie: &str) -> bool {
    let reste = sans_fin_d_annee(plie);
    reste.split_whitespace().any(|mot| est_parmi(mot, &mots().periodes) || mot.parse::<u32>().is_ok())
}

/// True if a header holds the words of a group, and none but those, those that are admitted (where it is several words,
/// together), and those of no import. A number is never of no import.
pub(super) fn dit_seulement(plie: &str, groupe: &[String], admis: &[Vec<String>]) -> bool {
    // Most headers lack them even with the day that they tell.
    if !groupe.iter().all(|m| plie.split(' ').any(|lu| commence_par(lu, m))) {
        return false;
    }
    let lu = sans_fin_d_annee(plie);
    let lus: Vec<&str> = lu.split(' ').collect();
    let tient = |groupe: &[String]| groupe.iter().all(|m| lus.iter().any(|lu| commence_par(lu, m)));
    let presents: Vec<&Vec<String>> = admis.iter().filter(|locution| tient(locution)).collect();
    let admissible = |lu: &&str| {
        let mut dits = presents.iter().copied().flatten().chain(groupe);
        dits.any(|m| commence_par(lu, m)) || est_parmi(lu, &mots().neutres) || est_parmi(lu, &mots().liaisons)
    };
    tient(groupe) && lus.iter().all(admissible)
}

/// True if a word is another one, or begins with it: « actif », « actifs »; but « 3 » is not « 30 », nor « am » « amont ».
fn commence_par(mot: &str, attendu: &str) -> bool {
    match mot.strip_prefix(attendu) {
        Some("" | "s") => true,
        Some(_) => attendu.len() > 3,
        None => false,
    }
}

fn est_parmi(mot: &str, liste: &[String]) -> bool {
    liste.iter().any(|connu| connu == mot)
}

/// True if a label is about a count without being one, whatever the count.
pub(super) fn est_etranger(plie: &str) -> bool {
    plie.split_whitespace().any(|mot| est_parmi(mot, &mots().etrangers))
}

fn dit(texte: &str, attendus: &[String]) -> bool {
    replier(texte).split(' ').any(|mot| est_parmi(mot, attendus))
}

/// True for a title, a sheet or a file such as « Décès par commune »: what is counted, and it is not births.
pub fn nomme_un_autre_compte(texte: &str) -> bool {
    dit(texte, &mots().autres_comptes)
}

/// True for a title such as « Taux de natalité » or « Solde naturel (naissances - décès) ».
pub fn derive_des_naissances(texte: &str) -> bool {
    dit(texte, &mots().derives)
}

/// True for a note such as « Les valeurs inférieures à 5 sont remplacées par 0 »: a zero is then nobody, or a few.
pub(super) fn dit_que_zero_cache(texte: &str) -> bool {
    // Hardly any cell of a table has the letters that it takes.
    let lettres = texte.bytes().filter(u8::is_ascii_alphabetic).take("petit".len()).count();
    if lettres < "petit".len() || !texte.contains(['0', 'z', 'Z']) {
        return false;
    }
    let replie = replier(texte);
    let mots: Vec<&str> = replie.split(' ').collect();
    let un_de = |debuts: &[&str]| mots.iter().any(|mot| debuts.iter().any(|debut| mot.starts_with(debut)));
    let zero = mots.contains(&"0") || un_de(&["zero"]);
    let petits = un_de(&["inferieur", "petit", "faible", "secret", "couvert"]) || replie.contains("moins de");
    // « 0 = moins de 5 », « 0 : secret statistique ».
    let vaut = texte.split_once(['=', ':']).is_some_and(|(avant, apres)| {
        let finit_par_zero = matches!(replier(avant).split(' ').next_back(), Some("0" | "zero" | "zeros"));
        let debute_par_zero =
            replier(apres).starts_with("0 ") && (apres.contains('=') || apres.contains(':'));
        finit_par_zero || debute_par_zero
    });
    let remplace = un_de(&["remplac", "ramen", "masqu", "arrondi", "mis", "mises", "affich"]);
    zero && petits && (vaut || remplace) && !un_de(&["pas", "vrai", "reel"])
}

/// True for a text that speaks of births, whether or not they are those of the residents; not for « Enfants par année de
/// naissance », « Actes de naissance », « Visites après la naissance ».
pub fn nomme_des_naissances(texte: &str) -> bool {
    const D_AUTRE_CHOSE: [&str; 10] =
        ["annee", "date", "jour", "lieu", "acte", "actes", "conge", "conges", "prime", "apres"];
    let replie = replier(texte);
    let mots: Vec<&str> = replie.split(' ').collect();
    let dit = |rang: usize| {
        let avant = mots[..rang].iter().rev().find(|mot| !matches!(**mot, "de" | "la" | "leur" | "a"));
        let seule = matches!(mots[rang], "naissance") || avant.is_some_and(|mot| mot.starts_with("acte"));
        mots[rang] == "nbnais"
            || mots[rang].starts_with("nais")
                && !(seule && avant.is_some_and(|mot| D_AUTRE_CHOSE.contains(mot)))
    };
    (0..mots.len()).any(dit)
}

/// True for « Naissances enregistrées dans la commune »: those of its maternity, and not of its residents.
pub fn compte_au_lieu_de_naissance(texte: &str) -> bool {
    dit(texte, &mots().ailleurs) && !dit_le_domicile(texte)
}

/// True for « Naissances domiciliées ».
pub fn dit_le_domicile(texte: &str) -> bool {
    replier(texte).contains("domicili")
}

/// True for a title such as « Départs en 2024 », below which nobody is in the list any more.
fn titre_de_sorties(titre: &str) -> bool {
    titre.split_whitespace().count() <= LONGUEUR_DE_TITRE && dit(titre, &mots().sorties)
}

/// Words of a note, of nobody, or of a place: « Départ de Mme Petit en 2025 », « Sorties : voir onglet 2 », « MAM Les Archives ».
const NOTES: [&str; 19] = [
    "voir",
    "onglet",
    "feuille",
    "mme",
    "mr",
    "madame",
    "monsieur",
    "rue",
    "figure",
    "figurent",
    "aucun",
    "aucune",
    "neant",
    "0",
    "zero",
    "commune",
    "canton",
    "mairie",
    "formation",
];

/// What a title inside a table says of the rows below: that they are not of the list (true: those who left, those of
/// another profession), that the list goes on (false); none if it says neither.
pub(super) fn sort_de_la_liste(titre: &str) -> Option<bool> {
    let court = titre.split_whitespace().count() <= LONGUEUR_DE_TITRE;
    let replie = replier(titre);
    if replie.starts_with("mam ") || replie.split(' ').any(|mot| NOTES.contains(&mot)) {
        return None;
    }
    let nomme = |debuts: &[&str]| replie.split(' ').any(|mot| debuts.iter().any(|d| mot.starts_with(d)));
    let familiaux = est_familial(titre) && nomme(&["assist", "assfam", "asfam"]);
    // Nobody on a list of agréments is one of these; as the name of a file, they may mean something else.
    // Who asks for a renewal has an agrément.
    let pas_agrees = nomme(&[
        "ancien",
        "candidat",
        "deced",
        "echu",
        "expire",
        "futur",
        "postulant",
        "quitt",
        "retrait",
        "supprim",
        "termine",
    ]) || nomme(&["attente", "demande", "instruction"]) && !nomme(&["renouvel"]);
    let finis = ["fin d ", "arret d ", "sans agrement", "plus d agrement"];
    let finis = finis.iter().any(|debut| replie.starts_with(debut)) || replie.contains("non renouvel");
    if titre_de_sorties(titre) || court && (familiaux || pas_agrees || finis || ne_plus(&replie)) {
        return Some(true);
    }
    (titre_d_une_liste(titre) || court && nomme(&["maternel", "asmat", "assmat"])).then_some(false)
}

/// True for « Ne travaillent plus », « N’exercent plus », « Plus agréées ».
fn ne_plus(replie: &str) -> bool {
    let mut mots = replie.split(' ');
    match mots.next() {
        Some("plus") => mots.next().is_some_and(|mot| !matches!(mot, "de" | "d")),
        Some("ne" | "n") => mots.any(|mot| mot == "plus"),
        _ => replie.contains(" ne ") && replie.ends_with(" plus"),
    }
}

/// What a text says a whole table is: the list of those who are no longer there (true), that of those who are (false);
/// none if it says neither, or both (« hors radiations », « arrivées et départs »).
pub fn est_celle_des_sorties(texte: &str) -> Option<bool> {
    if titre_de_sorties(texte) || nomme_celles_d_avant(texte) {
        return (!dit(texte, &mots().melees)).then_some(true);
    }
    titre_d_une_liste(texte).then_some(false)
}

/// True for « Anciennes AM », « Anciens assistants maternels », « Agréments non renouvelés »: « ancien » alone may be said of a file.
fn nomme_celles_d_avant(texte: &str) -> bool {
    let replie = replier(texte);
    let commence =
        |debuts: &[&str]| replie.split(' ').any(|mot| debuts.iter().any(|debut| mot.starts_with(debut)));
    let quelqu_un =
        || replie.split(' ').any(|mot| mot == "am") || commence(&["assist", "asmat", "assmat", "agre"]);
    replie.contains("non renouvel") || commence(&["ancien"]) && quelqu_un()
}

/// True for the name of a sheet that says at most a day and that it is the table: « 2024 », « AM au 31-12-24 », « Feuil1 »;
/// « Arrivées 2024 » may be a part of it.
pub fn nomme_seulement_le_tableau(feuille: &str) -> bool {
    let connu = |mot: &str| {
        let mots = mots();
        let nu = mot.trim_end_matches(|c: char| c.is_ascii_digit());
        nu.is_empty()
            || est_sans_portee(mot)
            || [&mots.tableau, &mots.liste, &mots.periodes].iter().any(|liste| est_parmi(nu, liste))
    };
    replier(feuille).split(' ').all(connu)
}

/// True for a title below which the list goes on: that says so, that names a place, or that is a letter of the alphabet.
pub fn titre_dans_la_liste(titre: &str) -> bool {
    const LIEUX: [&str; 38] = [
        "departement",
        "cc",
        "communaute",
        "lettre",
        "bassin",
        "mds",
        "rpe",
        "relais",
        "renouvel",
        "conge",
        "complet",
        "page",
        "place",
        "residence",
        "mairie",
        "signature",
        "chef",
        "cheffe",
        "direct",
        "service",
        "mis",
        "public",
        "secteur",
        "canton",
        "zone",
        "quartier",
        "antenne",
        "commune",
        "ville",
        "bourg",
        "domicile",
        "mam",
        "maison",
        "creche",
        "psu",
        "paje",
        "gestion",
        "structure",
    ];
    let replie = replier(titre);
    let nomme = |mot: &str| LIEUX.iter().any(|debut| mot.starts_with(debut));
    // « Hors secteur »: those below are not of it.
    let hors = replie.split(' ').any(|mot| mot == "hors");
    sort_de_la_liste(titre) == Some(false) || replie.len() <= 2 || !hors && replie.split(' ').any(nomme)
}

/// True for a title such as « Assistants maternels agréés », below which the list goes on.
fn titre_d_une_liste(titre: &str) -> bool {
    dit(titre, &mots().liste) && !titre_de_sorties(titre)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_titre_dit_ce_que_sont_les_lignes_au_dessous() {
        for (titre, sort) in [
            ("Départs en 2024", Some(true)),
            ("Agréments suspendus", Some(true)),
            ("Ne travaillent plus :", Some(true)),
            ("Plus en activité", Some(true)),
            ("Plus de 55 ans", None),
            ("Départ de Mme Petit en 2025", None),
            ("Sorties : voir onglet 2", None),
            ("MAM Les Archives", None),
            ("rue des anciens combattants", None),
            ("Les personnes retraitées ne figurent pas", None),
            ("En retraite", Some(true)),
            ("Arrêt d’activité", Some(true)),
            ("Fin d’agrément", Some(true)),
            ("Agrément non renouvelé", Some(true)),
            ("Sans agrément", Some(true)),
            ("Plus d’agrément", Some(true)),
            ("Demandes en cours", Some(true)),
            ("À supprimer", Some(true)),
            ("Candidates à l’agrément", Some(true)),
            ("Anciennes assistantes maternelles", Some(true)),
            ("ASSISTANTS FAMILIAUX", Some(true)),
            ("Assistantes maternelles retirées", Some(true)),
            ("Assistants maternels et familiaux", Some(false)),
            ("Assistantes maternelles à domicile", Some(false)),
            ("Agréées en cours de validité", Some(false)),
            ("Crèches familiales", None),
            ("Secteur nord", None),
        ] {
            assert_eq!(sort_de_la_liste(titre), sort, "{titre}");
        }
    }

    #[test]
    fn les_mots_du_programme_se_lisent() {
        assert!(mots().etrangers.len() > 40 && mots().neutres.len() > 10);
        assert!(mots().sorties.len() > 10 && mots().liste.len() > 3);
        assert!(
            mots()
                .etrangers
                .iter()
                .chain(&mots().neutres)
                .chain(&mots().liaisons)
                .chain(&mots().periodes)
                .chain(&mots().autres_comptes)
                .chain(&mots().derives)
                .chain(&mots().ailleurs)
                .chain(&mots().sorties)
                .all(|mot| replier(mot) == *mot)
        );
        assert!(est_neutre("") && est_neutre("au 31 12") && !est_neutre("deces"));
        assert!(
            nomme_un_autre_compte("etat_civil/décès_2024.csv") && !nomme_un_autre_compte("nes_en_2024.csv")
        );
        assert!(
            est_neutre("31 decembre") && !est_neutre("12") && !est_neutre("decembre") && !est_neutre("30 06")
        );
        assert!(
            dit_une_autre_periode("depuis")
                && dit_une_autre_periode("06")
                && !dit_une_autre_periode("au 31 12")
        );
        assert!(
            derive_des_naissances("Taux de natalité (‰)")
                && !derive_des_naissances("Évolution des naissances")
        );
        assert!(est_etranger(&plier_entete("% des enfants")) && !est_etranger("partenaires"));
    }
}
