//! What the person who opens the folder must know first.

use super::super::{Genre, Parametres, Territoire};
use std::fmt::Write as _;

/// `LISEZ-MOI.txt`, in UTF-8.
pub(super) fn fichier(territoire: &Territoire) -> Vec<u8> {
    let p = &territoire.parametres;
    let mut texte = presentation(p);
    texte.push_str(&totaux(territoire));
    if *p == Parametres::demo(p.graine) {
        texte.push_str(CHIFFRES_PUBLIES);
    }
    texte.push_str(DIFFICULTES);
    texte.into_bytes()
}

fn presentation(p: &Parametres) -> String {
    format!(
        "\
TERRITOIRE FICTIF
=================

Tout est inventé dans ce dossier : les communes, leurs noms, leurs contours, leurs codes (le
département 96 n’existe pas), l’EPCI et son numéro SIREN, les personnes, les structures, les
réponses aux enquêtes. Les numéros de téléphone sont pris dans les tranches que l’Arcep réserve à la
fiction, les adresses électroniques sont en « exemple.fr ». Toute ressemblance serait fortuite.

Ce dossier a été fait par la commande

    observatoire simuler --graine {}

La même graine redonne les mêmes fichiers, à l’octet près.
",
        p.graine
    )
}

/// The totals that a run on these files must find, from the model.
fn totaux(territoire: &Territoire) -> String {
    let mut texte = "
Ce que contiennent les listes d’assistants maternels (AM), lignes fautives exclues
----------------------------------------------------------------------------------
Au 31/12      AM   places   arrivées   départs   MAM
"
    .to_owned();
    let p = &territoire.parametres;
    for (rang, m) in p.millesimes.iter().enumerate() {
        let (arrivees, departs) = match rang {
            0 => ("–".to_owned(), "–".to_owned()),
            _ => (m.arrivees.to_string(), p.departs(rang).to_string()),
        };
        // Writing into a String cannot fail.
        let _ = writeln!(
            texte,
            "{:<8} {:>7} {:>8} {arrivees:>10} {departs:>9} {:>5}",
            m.annee, m.agrees, m.places, m.mam
        );
    }
    let derniere = p.derniere_annee();
    let aines = territoire.liste(derniere).filter(|(a, _)| a.age(derniere) > 55).count();
    let places = |genre| -> u32 {
        let ouvertes = territoire.structures.iter().filter(|s| s.genre == genre && s.fermeture.is_none());
        ouvertes.map(|s| s.places).sum()
    };
    let (psu, paje) = (places(Genre::MultiAccueil), places(Genre::MicroCreche));
    let _ = write!(
        texte,
        "
Au 31/12/{derniere} : {aines} AM de plus de 55 ans (une autre personne a une date de naissance illisible) ;
{} EAJE publics (PSU, {psu} places) et {} micro-crèches privées (PAJE, {paje} places), soit {} places
d’accueil collectif. Les places des MAM sont celles de leurs AM.
",
        p.eaje_publics.len(),
        p.micro_creches.len(),
        psu + paje
    );
    texte
}

const CHIFFRES_PUBLIES: &str = "
Les chiffres repris
-------------------
Les totaux sont ceux que le relais petite enfance de Vie et Boulogne (Vendée) a publiés :
- 312 AM et 1 092 places en 2024, soit 95 AM et 303 places de moins qu’en 2019 ; 370 AM en 2022, 317 en 2023 ;
- arrivées de 2020 à 2023 : 16, 15, 14, 12 ; plus de cent AM de plus de 55 ans ; 12 MAM ;
- 97 places privées en 2018, 175 en 2024 ; 85 places publiques sur 260, soit 32,7 % ;
- entre 400 et 500 naissances par an de 2019 à 2024 ;
- l’activité du relais (rpe/activite.csv, lignes aux noms courts) et deux questions d’enquête : 6 / 13 / 6 / 36 / 39 pour 100 AM, et
  39 / 5 / 3 / 56 pour 101 parents (103 réponses : deux parents en ont donné deux), satisfaction 8,42 sur 10.
Ce que ces publications ne disent pas (places de 2020 à 2023, arrivées de 2024, MAM d’avant 2024…) est inventé.

Les chiffres qui ne pouvaient pas être repris ensemble
------------------------------------------------------
- « 11 micro-crèches » et « 175 places privées » : à 12 places au plus, 11 micro-crèches en ont 132. Il y en a
  donc 9 (97 places) en 2018 et 2019, 11 en 2020, et 16 (175 places) en 2024.
- « 84 % d’accueil individuel » : 1 092 places d’AM sur 1 352 font 80,8 %. Les trois chiffres ne sont pas de la
  même date.
- Les départs déclarés par le relais (46, 43, 54, 48 de 2020 à 2023) ne sont pas ceux que donnent les effectifs
  (27, 27, 28, 65) : les deux sont ici, l’un dans rpe/, l’autre dans pmi/, et l’écart doit être signalé.
- « 258 inscrits sur monenfant.fr pour 307 AM » en 2024, quand la liste en compte 312 : même chose.
";

const DIFFICULTES: &str = "
Les difficultés placées exprès
------------------------------
- pmi/ : titres au-dessus de l’en-tête, en-têtes qui changent d’une année à l’autre, total et notes sous le
  tableau, une année en csv ; communes en capitales, sans accents ni traits d’union, « ST » ou « STE », parfois
  précédées du code postal ; dates vraies ou en texte ; « 3 enfants », « 2 + 1 périscolaire » (qui font 3 places).
  Chaque année, cinq lignes ne comptent pas : une commune inconnue, une commune d’un autre EPCI, et trois agréments
  échus, dont l’un a une capacité de 40. Une personne est sur deux lignes identiques. Une autre a une date de
  naissance impossible (31/02/1975) : elle compte, sans âge. En 2021, la capacité d’une autre ne se lit pas : elle
  compte, et ses places sont estimées.
- caf/ : les nombres de 1 à 4 sont retenus, et écrits « <5 », « nd », « s », « * » ou rien.
- structures/ : types écrits de plusieurs façons, coordonnées à virgule, une structure fermée, les MAM.
- communes/ : noms en capitales ou abrégés, « néant », « non » ou rien, heures écrites de trois façons, le nom d’un
  contact que le programme laisse de côté.
- territoire/ : trois EPCI dans la composition, quinze communes membres et leurs voisines dans les contours.
- questionnaires/ : exports de Microsoft Forms, choix multiples joints par « ; », réponses vides.
";
