//! `indicateurs.xlsx`: the indicator table for those who work in a spreadsheet.
//!
//! A sheet « À lire », a sheet « Définitions », then one sheet for each family of indicators: a row for each
//! indicator, detail and place, a column for each year, so that filters and pivot tables work and a series
//! reads from left to right. What is not known is said in words, never by a zero.

use super::graphiques::citations;
use super::indicateurs::trop_long;
use super::modalites::details_d_enquete;
use super::tableur::{self, Bloc, Cellule, Couverture, Feuille, MARQUE_ESTIME, Parties};
use super::{Contexte, ErreurLivrable, Livrable};
use crate::disclosure::Audience;
use crate::indicators::catalogue::Unite;
use crate::indicators::{
    FAMILLES, Famille, Figure, Indicateur, Niveau, Parametres, Statut, TableIndicateurs,
};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const FICHIER: &str = "indicateurs.xlsx";

/// The workbook of the indicators.
#[derive(Debug)]
pub(super) struct Classeur;

impl Livrable for Classeur {
    fn nom(&self) -> &'static str {
        "classeur"
    }

    fn omission(&self, table: &TableIndicateurs) -> Option<String> {
        trop_long(FICHIER, table.nombre_de_suivis())
    }

    fn produire(&self, contexte: &Contexte<'_>, dossier: &Path) -> Result<Vec<PathBuf>, ErreurLivrable> {
        if self.omission(contexte.table).is_some() {
            return Ok(Vec::new());
        }
        let rangees = Rangee::lire(contexte);
        let mut feuilles = vec![a_lire(contexte), definitions(&rangees, contexte.parametres)];
        feuilles.extend(FAMILLES.iter().filter_map(|famille| feuille(contexte, famille, &rangees)));
        let titre = format!("{} : indicateurs de la petite enfance, {}", contexte.territoire, contexte.annee);
        let couverture = Couverture { titre: &titre, mention: contexte.audience.mention() };
        tableur::ecrire(contexte, dossier, FICHIER, couverture, &feuilles)
    }
}

/// The figures of one indicator, one detail and one place, over the years.
struct Rangee {
    niveau: Niveau,
    code: String,
    nom: String,
    modalite: String,
    figures: Vec<Figure>,
}

type ParIndicateur = BTreeMap<String, Vec<Rangee>>;

impl Rangee {
    /// The rows of each indicator, in the order of pages: details as the catalogue has them, the territory
    /// first, communes by name. A detail of which nothing is known anywhere has no row.
    fn lire(contexte: &Contexte<'_>) -> ParIndicateur {
        let mut rangees = ParIndicateur::new();
        for suivi in contexte.table.suivis() {
            rangees.entry(suivi.indicateur().to_owned()).or_default().push(Self {
                niveau: suivi.lieu().niveau,
                code: suivi.lieu().code.clone(),
                nom: suivi.lieu().nom.clone(),
                modalite: suivi.modalite().to_owned(),
                figures: suivi.figures().collect(),
            });
        }
        for (id, lignes) in &mut rangees {
            ranger(lignes, crate::indicators::indicateur(id));
        }
        rangees
    }

    fn derniere(&self) -> Option<&Figure> {
        self.figures.iter().rfind(|f| f.statut.est_connu())
    }

    fn dit_quelque_chose(&self) -> bool {
        self.figures.iter().any(|f| !matches!(f.statut, Statut::NonDisponible | Statut::SansObjet))
    }
}

fn ranger(lignes: &mut Vec<Rangee>, entree: Option<&Indicateur>) {
    let dites: BTreeSet<String> =
        lignes.iter().filter(|l| l.dit_quelque_chose()).map(|l| l.modalite.clone()).collect();
    lignes.retain(|l| dites.contains(&l.modalite));
    let rang = |modalite: &str| {
        let place = entree.and_then(|e| e.modalites.iter().position(|(id, _)| *id == modalite));
        if modalite.is_empty() { 0 } else { place.map_or(usize::MAX, |p| p + 1) }
    };
    lignes.sort_by_cached_key(|l| {
        (
            rang(&l.modalite),
            l.modalite.clone(),
            l.niveau,
            super::look::cle_alphabetique(&l.nom),
            l.code.clone(),
        )
    });
}

/// Families whose title is longer than the name of a sheet may be.
const NOMS_COURTS: &[(&str, &str)] =
    &[("Équilibre entre l’offre et les besoins", "Équilibre offre et besoins")];

/// The name of the sheet of a family: its title, or its short name.
fn nom_de_feuille(titre: &'static str) -> String {
    NOMS_COURTS.iter().find(|(long, _)| *long == titre).map_or(titre, |(_, court)| court).to_owned()
}

/// The sheet of a family; none if nothing of it is known.
fn feuille(contexte: &Contexte<'_>, famille: &Famille, rangees: &ParIndicateur) -> Option<Feuille> {
    let des = |entree: &'static Indicateur| rangees.get(entree.id).map(|lignes| (entree, lignes));
    let entrees: Vec<(&'static Indicateur, &Vec<Rangee>)> =
        famille.indicateurs.iter().filter_map(des).filter(|(_, lignes)| !lignes.is_empty()).collect();
    let figures = || entrees.iter().flat_map(|(_, lignes)| lignes.iter()).flat_map(|l| &l.figures);
    let annees: BTreeSet<i32> =
        figures().filter(|f| f.statut != Statut::NonDisponible).map(|f| f.annee).collect();
    if entrees.is_empty() {
        return None;
    }
    let enquetes = famille.indicateurs.iter().all(|i| i.entrees == ["questionnaire"]);
    let details: &[&str] =
        if enquetes { &["Enquête", "Question", "Réponse", "Parmi"] } else { &["Détail"] };
    let mut entetes: Vec<String> = ["Indicateur"].iter().chain(details).map(ToString::to_string).collect();
    entetes.extend(["Lieu", "Unité"].map(str::to_owned));
    entetes.extend(annees.iter().map(ToString::to_string));
    entetes.extend(
        [
            "Dernière année",
            "Données du",
            "Numérateur",
            "Dénominateur",
            "Communes connues",
            "Sources",
            "Niveau",
            "Code",
        ]
        .map(str::to_owned),
    );
    // On paper, up to the years: the rest is for the screen.
    let imprimees = u16::try_from(entetes.len() - A_L_ECRAN).ok();
    let lignes: Vec<Vec<Cellule>> = entrees
        .iter()
        .flat_map(|(entree, lignes)| lignes.iter().map(move |l| (*entree, l)))
        .map(|(entree, rangee)| ligne(contexte, entree, rangee, enquetes, &annees))
        .collect();
    // The words of a survey are long: the numbers must be in sight beside them.
    let larges: &[f64] = if enquetes { &[22.0, 18.0, 40.0, 28.0, 18.0, 22.0] } else { &[52.0, 52.0, 36.0] };
    let mut largeurs: Vec<f64> =
        larges.iter().enumerate().map(|(rang, large)| largeur_de_mots(&lignes, rang, *large)).collect();
    largeurs.push(15.0);
    largeurs.extend(annees.iter().map(|_| 10.0));
    largeurs.extend([11.0, 12.0, 12.0, 13.0, 12.0, 60.0, 12.0, 11.0]);
    // What names a row stays in sight, if that leaves room for the years.
    let figees = if enquetes { 0 } else { larges.len() };
    Some(Feuille {
        nom: nom_de_feuille(famille.titre),
        largeurs,
        blocs: vec![Bloc { entetes, lignes, encadre: false }],
        figees: u16::try_from(figees).ok(),
        filtre: true,
        imprimees,
        paysage: true,
    })
}

/// The columns after the years: what the last figure is made of, the sources, the level and the code of the place.
const A_L_ECRAN: usize = 8;

/// The width of the longest words of a column, that much at most: longer ones take two lines.
fn largeur_de_mots(lignes: &[Vec<Cellule>], rang: usize, au_plus: f64) -> f64 {
    let mots = lignes.iter().filter_map(|ligne| match ligne.get(rang) {
        Some(Cellule::Texte(texte)) => Some(texte.chars().count() as f64 * 1.08 + 2.0),
        _ => None,
    });
    mots.fold(12.0, f64::max).min(au_plus)
}

fn ligne(
    contexte: &Contexte<'_>,
    entree: &Indicateur,
    rangee: &Rangee,
    enquete: bool,
    annees: &BTreeSet<i32>,
) -> Vec<Cellule> {
    let mut ligne = vec![Cellule::texte(entree.libelle)];
    if enquete {
        ligne.extend(details_d_enquete(contexte.questionnaires, &rangee.modalite).map(Cellule::texte));
    } else {
        ligne.push(Cellule::texte(entree.libelle_modalite(&rangee.modalite)));
    }
    // A criterion of a rank is met or not.
    let oui_ou_non = entree.unite == Unite::Rang && !rangee.modalite.is_empty();
    let unite = if oui_ou_non { "oui ou non" } else { entree.unite.mot() };
    ligne.extend([Cellule::texte(&rangee.nom), mots(unite)]);
    for annee in annees {
        let figure = rangee.figures.iter().find(|f| f.annee == *annee);
        ligne.push(figure.map_or(Cellule::Vide, |f| cellule(f, entree, rangee.niveau)));
    }
    ligne.extend(origine(contexte, rangee));
    ligne.extend([mots(niveau_en_clair(rangee.niveau)), mots(&rangee.code)]);
    ligne
}

/// What the last known figure is made of, and the sources of all.
fn origine(contexte: &Contexte<'_>, rangee: &Rangee) -> [Cellule; 6] {
    let sources = mots(citations(contexte, &rangee.figures).join(" ; "));
    let Some(derniere) = rangee.derniere() else {
        return [Cellule::Vide, Cellule::Vide, Cellule::Vide, Cellule::Vide, Cellule::Vide, sources];
    };
    let terme = |terme: Option<f64>| {
        // Sums of whole things; what is shared between communes keeps its fraction.
        let decimales = terme.map_or(0, |v| u32::from(v.fract() != 0.0));
        terme.map_or(Cellule::Vide, |valeur| Cellule::Nombre {
            valeur,
            decimales,
            estime: false,
            parties: None,
        })
    };
    let parties = match (rangee.niveau, derniere.parties_attendues) {
        (Niveau::Territoire, attendues @ 2..) => format!("{} sur {attendues}", derniere.parties),
        _ => String::new(),
    };
    [
        Cellule::Annee(derniere.annee),
        derniere.date_observation.map_or(Cellule::Vide, Cellule::Date),
        terme(derniere.numerateur),
        terme(derniere.denominateur),
        mots(parties),
        sources,
    ]
}

/// Words on one line.
fn mots(texte: impl Into<String>) -> Cellule {
    let texte = texte.into();
    if texte.is_empty() { Cellule::Vide } else { Cellule::Brut(texte) }
}

/// A figure as a typed cell; that of a territory says of how many communes it is, if some are missing.
pub(super) fn cellule(figure: &Figure, entree: &Indicateur, niveau: Niveau) -> Cellule {
    let estime = figure.statut == Statut::Estime;
    let Figure { parties: connues, parties_attendues: attendues, .. } = *figure;
    let parties = Parties { connues, attendues, en_bref: true };
    let parties = Some(parties).filter(|_| niveau == Niveau::Territoire);
    match (figure.statut.abreviation(), figure.valeur) {
        (Some((court, _)), _) => Cellule::Absent(court.to_owned()),
        (None, None) => Cellule::Absent("n.d.".to_owned()),
        (None, Some(valeur)) if entree.unite == Unite::Pourcent => {
            Cellule::Pourcent { valeur, decimales: entree.decimales, estime, parties }
        }
        (None, Some(valeur)) => Cellule::zero_partiel(valeur, parties).unwrap_or(Cellule::Nombre {
            valeur,
            decimales: entree.decimales,
            estime,
            parties,
        }),
    }
}

pub(super) fn niveau_en_clair(niveau: Niveau) -> &'static str {
    match niveau {
        Niveau::Territoire => "Territoire",
        Niveau::Departement => "Département",
        Niveau::France => "France",
        Niveau::Commune => "Commune",
    }
}

/// What the workbook is, for whom, what its signs mean, where its figures come from.
fn a_lire(contexte: &Contexte<'_>) -> Feuille {
    let paire = |quoi: &str, dit: &str| vec![Cellule::Gras(quoi.to_owned()), Cellule::texte(dit)];
    let pour = match contexte.audience {
        Audience::Interne => {
            "Le relais seulement : des chiffres y parlent de peu de personnes. Ne pas diffuser."
        }
        Audience::Elus => {
            "Les élus : un chiffre qui parle de trop peu de personnes est retenu (s.), et avec lui celui qui permettrait de le retrouver."
        }
        Audience::Public => {
            "Tout public : un chiffre qui parle de trop peu de personnes est retenu (s.), et avec lui celui qui permettrait de le retrouver."
        }
    };
    let mut lignes = vec![
        vec![Cellule::Titre(contexte.territoire.to_owned())],
        paire(
            "Contenu",
            "Les indicateurs de la petite enfance, pour le territoire et chaque commune : une feuille par thème, une ligne par indicateur, détail et lieu, une colonne par année. Ce que veut dire chaque indicateur est dans la feuille « Définitions ».",
        ),
        vec![Cellule::Gras("Année du rapport".to_owned()), Cellule::Annee(contexte.annee)],
        paire("Pour qui", pour),
        paire(
            "Filtrer",
            "Les flèches de la première ligne de chaque feuille choisissent un indicateur, un lieu, un détail. Un indicateur ou un détail dont rien n’est connu n’a pas de ligne.",
        ),
        Vec::new(),
        vec![Cellule::Gras("Signes".to_owned())],
    ];
    let mut signes: Vec<(&str, Vec<&str>)> = Vec::new();
    for (court, long) in Statut::TOUS.into_iter().filter_map(Statut::abreviation) {
        match signes.iter_mut().find(|(signe, _)| *signe == court) {
            Some((_, sens)) => sens.push(long),
            None => signes.push((court, vec![long])),
        }
    }
    lignes.extend(signes.iter().map(|(court, sens)| paire(court, &sens.join(" ; ou "))));
    lignes.push(paire(
        MARQUE_ESTIME,
        "derrière un nombre : valeur estimée, calculée à partir d’autres chiffres. C’est un format d’affichage : la cellule reste un nombre.",
    ));
    lignes.push(paire(
        "(13/15)",
        "derrière un nombre : la somme ne porte que sur 13 des 15 communes, les autres ne sont pas connues. C’est aussi un format d’affichage ; la colonne « Communes connues » le dit de la dernière année.",
    ));
    let sources = contexte.sources.values().map(|source| {
        let date = source.date.map_or(Cellule::Vide, Cellule::Date);
        vec![Cellule::texte(&source.libelle), Cellule::texte(source.nom_du_fichier()), date]
    });
    let sources = Bloc {
        entetes: ["Source", "Fichier", "Date des données"].map(str::to_owned).to_vec(),
        lignes: sources.collect(),
        encadre: false,
    };
    Feuille {
        nom: "À lire".to_owned(),
        largeurs: vec![42.0, 90.0, 14.0],
        blocs: vec![Bloc { lignes, ..Bloc::default() }, sources],
        ..Feuille::default()
    }
}

/// The catalogue, and which indicators have figures.
fn definitions(rangees: &ParIndicateur, parametres: &Parametres) -> Feuille {
    let entetes = [
        "Thème",
        "Indicateur",
        "Définition",
        "Calcul",
        "Unité",
        "À savoir",
        "Source",
        "Chiffres",
        "Identifiant",
    ];
    let lignes = FAMILLES.iter().flat_map(|famille| famille.indicateurs.iter().map(move |i| (famille, i)));
    let lignes = lignes.map(|(famille, i)| {
        let connu = rangees.get(i.id).is_some_and(|lignes| !lignes.is_empty());
        let chiffres = if connu { "oui" } else { "aucun : source absente" };
        [
            famille.titre,
            i.libelle,
            i.definition,
            &i.formule_selon(parametres),
            i.unite.mot(),
            i.precaution,
            i.source,
            chiffres,
            i.id,
        ]
        .map(Cellule::texte)
        .to_vec()
    });
    Feuille {
        nom: "Définitions".to_owned(),
        largeurs: vec![22.0, 34.0, 50.0, 50.0, 16.0, 50.0, 30.0, 14.0, 26.0],
        blocs: vec![Bloc {
            entetes: entetes.map(str::to_owned).to_vec(),
            lignes: lignes.collect(),
            encadre: false,
        }],
        figees: Some(2),
        filtre: true,
        imprimees: None,
        paysage: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deliverables::graphiques::essai::Essai;
    use calamine::{Data, Range, Reader, Xlsx, open_workbook};

    fn page(essai: &Essai, nom: &str) -> Range<Data> {
        let dossier = tempfile::tempdir().unwrap();
        Classeur.produire(&essai.contexte(), dossier.path()).unwrap();
        let mut lu: Xlsx<_> = open_workbook(dossier.path().join(FICHIER)).unwrap();
        lu.worksheet_range(nom).unwrap()
    }

    fn trouver<'a>(page: &'a Range<Data>, colonne: &str, indicateur: &str, lieu: &str) -> &'a Data {
        let entetes: Vec<String> = page.rows().next().unwrap().iter().map(ToString::to_string).collect();
        let rang = |nom: &str| entetes.iter().position(|e| e == nom).unwrap();
        let (i, c) = (rang("Indicateur"), rang("Code"));
        let ligne = page
            .rows()
            .find(|l| l[i] == *indicateur && l[c] == *lieu && l[rang("Détail")] == Data::Empty)
            .unwrap();
        &ligne[rang(colonne)]
    }

    /// The longest name of a sheet that spreadsheets take.
    const NOM_DE_FEUILLE: usize = 31;

    #[test]
    fn les_feuilles_ont_des_noms_que_les_tableurs_acceptent() {
        let noms: BTreeSet<String> = FAMILLES.iter().map(|f| nom_de_feuille(f.titre)).collect();
        assert_eq!(noms.len(), FAMILLES.len(), "deux feuilles de même nom");
        assert!(
            noms.iter().all(|n| n.chars().count() <= NOM_DE_FEUILLE),
            "à ajouter à NOMS_COURTS : {noms:?}"
        );
    }

    #[test]
    fn un_chiffre_est_un_nombre_et_ce_qui_manque_est_dit() {
        let essai = Essai::new();
        let offre = page(&essai, "Offre d’accueil");
        let am = "Assistants maternels agréés";
        assert_eq!(trouver(&offre, "2024", am, Essai::TERRITOIRE), &Data::Float(312.0));
        assert_eq!(
            trouver(&offre, "Sources", am, Essai::TERRITOIRE).to_string(),
            "PMI, listes du 31/12/2019 au 31/12/2024"
        );
        let ages = page(&essai, "Âges");
        let part = crate::indicators::indicateur("part_55_plus").unwrap();
        assert_eq!(trouver(&ages, "2024", part.libelle, Essai::TERRITOIRE), &Data::Float(0.299));
        let equilibre = page(&essai, "Équilibre offre et besoins");
        let pour_cent = crate::indicators::indicateur("places_pour_100").unwrap().libelle;
        let dit = |code| trouver(&equilibre, "2024", pour_cent, code).to_string();
        assert_eq!((dit(Essai::SECRETE), dit(Essai::ABSENTE)), ("s.".to_owned(), "n.d.".to_owned()));
    }

    #[test]
    fn les_signes_et_les_sources_sont_expliques() {
        let page = page(&Essai::new(), "À lire");
        let texte: Vec<String> = page.rows().flatten().map(ToString::to_string).collect();
        for attendu in [
            "n.d.",
            "s.",
            "(e)",
            "secret statistique de la source ; ou non diffusé : secret statistique",
            "Insee, état civil",
        ] {
            assert!(texte.iter().any(|t| t == attendu), "{attendu}");
        }
    }
}
