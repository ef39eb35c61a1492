//! From what was read to the quality report: which source is what, which measure is called how.

use super::lancement::Manque;
use super::lecture::Lues;
use super::{Declaration, ErreurLancement};
use crate::deliverables::look;
use crate::indicators::{ARRIVEES_DECLAREES, DEPARTS_DECLARES, Niveau, TableIndicateurs};
use crate::quality::{
    ChiffreDesListes, ChiffreManquant, Matiere, MesureExaminee, RapportQualite, SourceExaminee,
    contradictions, ecrire_page, ecrire_rejets, invraisemblances,
};
use crate::sources::Genre;
use crate::tables::{AssistantsMaternels, Comptes, Declarations, Mesure, Structures};
use crate::territory::Membre;
use polars::prelude::PolarsResult;
use std::collections::BTreeMap;
use std::path::Path;

/// What pages call each measure, and the kind of files that gives it.
fn mesure_examinee(mesure: Mesure) -> MesureExaminee {
    let libelle = match mesure {
        Mesure::Naissances => "naissances",
        Mesure::Enfants02 => "enfants de moins de 3 ans",
        Mesure::Enfants35 => "enfants de 3 à 5 ans",
        Mesure::Enfants02ParentsActifs => "enfants de moins de 3 ans dont les parents travaillent",
        Mesure::EnfantsEaje => "enfants accueillis en établissement",
        Mesure::EnfantsAm => "enfants accueillis chez un assistant maternel",
        Mesure::EnfantsCmgDomicile => "enfants gardés à domicile",
        Mesure::EnfantsCmgStructure => "enfants en micro-crèche PAJE",
        Mesure::AmActifs => "assistants maternels en activité",
    };
    let famille = match mesure {
        Mesure::Naissances => "Naissances de l’Insee",
        _ => "Comptes de la Caf",
    };
    MesureExaminee { id: mesure.mot(), libelle, famille }
}

/// What the lists count of what a relais may declare, under these names: the indicator, its label, its names.
const CHIFFRES_DES_LISTES: [(&str, &str, &[&str]); 3] = [
    (
        "am_agrees",
        "assistants maternels agréés",
        &["am_agrees", "assistants_maternels_agrees", "am_reference_monenfant", "am_reference_formation"],
    ),
    ("am_arrivees", "arrivées d’assistants maternels", ARRIVEES_DECLAREES),
    ("am_departs", "départs d’assistants maternels", DEPARTS_DECLARES),
];

fn chiffres_des_listes(
    lues: &Lues,
    declaration: &Declaration,
    table: &TableIndicateurs,
) -> Vec<ChiffreDesListes> {
    let declare = |source: &str| declaration.sources_de(Genre::Activite).any(|s| s.id == source);
    let chiffre = |(id, libelle, mesures)| {
        let figures = table.serie(Niveau::Territoire, &lues.perimetre.code, id, "").into_iter();
        let valeurs: BTreeMap<_, _> = figures
            .filter_map(|f| {
                let source = f.sources.split(';').next_back().unwrap_or_default().to_owned();
                (!declare(&source)).then_some((f.annee, (f.valeur?, source)))
            })
            .collect();
        ChiffreDesListes { libelle, mesures, valeurs }
    };
    CHIFFRES_DES_LISTES.map(chiffre).to_vec()
}

fn matiere<'a>(
    lues: &'a Lues,
    declaration: &Declaration,
    mesures: &'a [MesureExaminee],
    chiffres_des_listes: &[ChiffreDesListes],
) -> Matiere<'a> {
    let date = declaration.observation.date;
    let communes =
        lues.perimetre.membres_le(date).map(|m| (m.code.as_str().to_owned(), m.nom.clone())).collect();
    let declarees = declaration.sources.iter().map(|s| s.id.as_str());
    // What earlier runs kept is cited, though the pipeline does not name it.
    let historiques = lues.sources.keys().map(String::as_str);
    let historiques = historiques.filter(|id| !declaration.sources.iter().any(|s| s.id == *id));
    let sources = declarees.map(|id| (id, false)).chain(historiques.map(|id| (id, true)));
    let sources = sources.filter_map(|(id, historique)| {
        let citee = lues.sources.get(id)?;
        Some(SourceExaminee {
            id: id.to_owned(),
            libelle: citee.sans_reserve(),
            date: citee.date,
            historique,
        })
    });
    let listes = lues.assistants_maternels.as_ref().map(AssistantsMaternels::couverture);
    let communes_tues = listes.unwrap_or_default().iter().map(|liste| {
        // Of a commune that was not of the territory, a list of the territory says nothing.
        let connue = |membre: &&Membre| {
            membre.est_membre_le(liste.jour) && liste.portee.parle_de(membre.code.as_str())
        };
        let tues = lues.perimetre.membres().iter().filter(|membre| !connue(membre));
        (liste.annee, tues.map(|membre| membre.code.to_string()).collect())
    });
    Matiere {
        territoire: &lues.perimetre.nom,
        date,
        communes,
        sources: sources.collect(),
        mesures,
        bilans: &lues.bilans,
        assistants_maternels: lues.assistants_maternels.as_ref().map(AssistantsMaternels::trame),
        non_places: lues.assistants_maternels.as_ref().map(AssistantsMaternels::non_places),
        annees_sans_suivi: lues
            .assistants_maternels
            .as_ref()
            .map(AssistantsMaternels::annees_sans_suivi)
            .unwrap_or_default(),
        communes_tues: communes_tues.collect(),
        structures: lues.structures.as_ref().map(Structures::trame),
        comptes: lues.parties.comptes.iter().chain(&lues.reprises.comptes).map(Comptes::trame).collect(),
        declarations: lues.parties.declarations.iter().map(Declarations::trame).collect(),
        chiffres_des_listes: chiffres_des_listes.to_vec(),
    }
}

/// Finds the contradictions, tells them to the tallies, and makes the report.
pub(super) fn examiner(
    lues: &mut Lues,
    declaration: &Declaration,
    table: &TableIndicateurs,
    manques: &[Manque],
) -> PolarsResult<RapportQualite> {
    let mesures = Mesure::TOUTES.map(mesure_examinee);
    let des_listes = chiffres_des_listes(lues, declaration, table);
    let examinee = matiere(lues, declaration, &mesures, &des_listes);
    let (contradictions, completees) = contradictions::chercher(&examinee)?;
    let invraisemblables = invraisemblances::chercher(&examinee)?;
    contradictions::noter(&contradictions, &mut lues.bilans);
    for (source, probleme) in completees.into_iter().chain(invraisemblables) {
        if let Some(bilan) = lues.bilans.0.iter_mut().find(|b| b.source == source) {
            bilan.noter(probleme);
        }
    }
    let genre_de = |id: &str| {
        let source = declaration.sources.iter().find(|s| s.id == id);
        source.map_or_else(String::new, |s| s.genre.mot().to_owned())
    };
    let matiere = matiere(lues, declaration, &mesures, &des_listes);
    RapportQualite::etablir(
        &matiere,
        contradictions,
        manques.iter().map(chiffre_manquant).collect(),
        genre_de,
    )
}

fn chiffre_manquant(manque: &Manque) -> ChiffreManquant {
    let nom = |genre: &&'static str| {
        let connu = Genre::TOUS.iter().find(|g| g.mot() == *genre);
        connu.map_or(*genre, |g| g.libelle()).to_owned()
    };
    ChiffreManquant {
        libelle: manque.libelle.to_owned(),
        sources: manque.sources.iter().map(nom).collect(),
        lacune: manque.lacune,
        derniere: manque.derniere,
        genres: manque.sources.iter().map(|g| (*g).to_owned()).collect(),
    }
}

/// Writes `qualite.html` and `rejets.csv` into a folder.
pub(super) fn ecrire(lues: &Lues, rapport: &RapportQualite, dossier: &Path) -> Result<(), ErreurLancement> {
    std::fs::create_dir_all(dossier)?;
    let page = ecrire_page(rapport, |valeur| look::nombre(valeur, 0)).map_err(std::io::Error::other)?;
    std::fs::write(dossier.join("qualite.html"), page)?;
    let rejets = std::fs::File::create(dossier.join("rejets.csv"))?;
    ecrire_rejets(&lues.bilans, rejets).map_err(std::io::Error::from)?;
    Ok(())
}
