//! What each file of a folder is, and of which day it speaks.

use crate::open_data;
use crate::pipeline::indices::{Indice, Precision};
use crate::sources::disposition::{
    ColonneTexte, Disposition, Tableau, TitreDeCommune, nomme_un_autre_compte,
};
use crate::sources::grille::Grille;
use crate::sources::valeurs::{self, replier};
use crate::sources::{Genre, cog, lecture};
use crate::tables::{
    BOUTS, Bout, Mesure, annees_de_liste, annees_des_colonnes, autre_compte_que_les_naissances,
    derniere_reponse, dit_ses_annees, dit_une_mesure_d_activite, fiche_en_table, nombre_de_rien,
    parle_d_un_service,
};
use crate::territory::CodeCommune;
use chrono::{Datelike, NaiveDate};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A file (or a sheet) that the pipeline can use.
#[derive(Debug, Clone)]
pub(super) struct SourceTrouvee {
    pub(super) genre: Genre,
    pub(super) chemin: PathBuf,
    pub(super) feuille: Option<String>,
    pub(super) date: Option<NaiveDate>,
    /// The last year of its columns or rows, when they say their years themselves.
    pub(super) derniere_annee: Option<i32>,
    /// Why it is thought to be that, of that day.
    pub(super) pourquoi: Vec<String>,
    /// What a person should check.
    pub(super) doutes: Vec<String>,
    /// The communes whose contours it holds.
    pub(super) communes: BTreeSet<CodeCommune>,
}

/// What became of a file.
#[derive(Debug)]
pub(super) enum Issue {
    Sources(Vec<SourceTrouvee>),
    /// Why the pipeline does not use it.
    Laisse(String),
}

/// Cells of a column that are looked at to tell what it holds.
const ECHANTILLON: usize = 200;
/// Rows among which the header of a table is looked for.
const LIGNES_DE_TITRE: usize = 60;

/// Recognises a file by its content. `relatif` is its path below the folder: its names may tell a day.
pub(super) fn reconnaitre(chemin: &Path, relatif: &Path, epci: &str) -> Issue {
    // Births are read like any table: their columns say which years they hold.
    if let Some(trouvaille) = open_data::reconnaitre(chemin).filter(|t| t.genre != Genre::Naissances) {
        return publique(chemin, trouvaille, epci);
    }
    let grilles = match lecture::lire(chemin, &relatif.display().to_string()) {
        Ok(grilles) => grilles,
        Err(probleme) => return Issue::Laisse(format!("{} : {}", probleme.motif.titre(), probleme.detail)),
    };
    match genre_par_ses_entetes(&grilles) {
        Some(Ok(genre)) => {
            if let Some(convenance) = grilles.iter().find_map(|grille| Convenance::de(genre, grille)) {
                let plusieurs = grilles.len() > 1;
                let source = convenance.en_source(chemin, relatif, plusieurs, Vec::new());
                return Issue::Sources(vec![source]);
            }
        }
        Some(Err(quoi)) => {
            return Issue::Laisse(format!("{quoi} : un pipeline n’emploie pas encore ce type de fichier"));
        }
        None => {}
    }
    // One fiche per commune: the pipeline reads all the sheets that are one.
    if let Some(fiche) = grilles.iter().find_map(fiche_en_table)
        && let Some(convenance) = Convenance::de(Genre::Services, &fiche)
        && surtout(&convenance.tableau, "service", parle_d_un_service)
    {
        return Issue::Sources(vec![convenance.en_source(chemin, relatif, false, Vec::new())]);
    }
    let mut convenances = convenances(&grilles);
    if let Some((genre, texte)) = retirer_les_autres(&mut convenances, relatif) {
        let (quoi, si) = match genre {
            Genre::Pmi => ("parle de ceux qui ne sont plus agréés", "c’est la liste des agréés"),
            _ => ("ne parle pas de toutes les naissances de l’année", "ce sont des naissances"),
        };
        let texte = abreger(&texte);
        return Issue::Laisse(format!("« {texte} » {quoi} ; si {si}, ajoutez la source au pipeline"));
    }
    let meilleure = convenances.iter().map(|c| c.tableau.champs.len()).max();
    let Some(meilleure) = convenances.iter().find(|c| Some(c.tableau.champs.len()) == meilleure) else {
        return Issue::Laisse(pourquoi_rien(&grilles));
    };
    let genre = meilleure.genre;
    let mut doutes = autres_genres(&convenances, genre, meilleure.tableau.champs.len());
    let feuilles: Vec<&Convenance<'_>> = convenances.iter().filter(|c| c.genre == genre).collect();
    let datees: BTreeSet<NaiveDate> = feuilles
        .iter()
        .filter_map(|c| Some(Indice::lire(c.grille.origine.feuille.as_deref()?, "")?.date))
        .collect();
    let une_par_feuille = feuilles.len() > 1 && datees.len() == feuilles.len();
    if feuilles.len() > 1 && !une_par_feuille {
        let noms: Vec<&str> = feuilles.iter().filter_map(|c| c.grille.origine.feuille.as_deref()).collect();
        let suite = if genre.se_lit_par_feuilles() {
            let chaines: Vec<String> = noms.iter().map(|nom| toml::Value::from(*nom).to_string()).collect();
            format!(
                "écrivez sous cette source feuille = {} si elle seule est la bonne, ou feuilles = [{}] si chacune est une partie (une commune, un type de structure, une période)",
                chaines.first().map(String::as_str).unwrap_or_default(),
                chaines.join(", ")
            )
        } else {
            "celle qui a le plus de colonnes connues est retenue".to_owned()
        };
        doutes.push(format!("plusieurs feuilles conviennent ({}) ; {suite}", noms.join(", ")));
    }
    let plusieurs =
        grilles.len() > 1 && (une_par_feuille || feuilles.len() == 1 || !genre.se_lit_par_feuilles());
    let retenues = if une_par_feuille { feuilles } else { vec![meilleure] };
    Issue::Sources(
        retenues.into_iter().map(|c| c.en_source(chemin, relatif, plusieurs, doutes.clone())).collect(),
    )
}

fn publique(chemin: &Path, trouvaille: open_data::Trouvaille, epci: &str) -> Issue {
    let mut source = SourceTrouvee {
        genre: trouvaille.genre,
        chemin: chemin.to_owned(),
        feuille: None,
        date: None,
        derniere_annee: None,
        pourquoi: Vec::new(),
        doutes: Vec::new(),
        communes: trouvaille.communes,
    };
    if source.genre == Genre::Composition {
        match cog::composition_epci(chemin, epci) {
            Ok(perimetre) => {
                source.communes = perimetre.membres().iter().map(|m| m.code).collect();
                let n = source.communes.len();
                source.pourquoi.push(format!("« {} », {n} communes", perimetre.nom));
            }
            Err(probleme) => {
                return Issue::Laisse(format!("composition d’intercommunalités : {}", probleme.detail));
            }
        }
    }
    Issue::Sources(vec![source])
}

/// A sheet and a layout that go together.
struct Convenance<'a> {
    genre: Genre,
    grille: &'a Grille,
    tableau: Tableau,
}

impl<'a> Convenance<'a> {
    /// The sheet under the layout of a kind, if it goes with it.
    fn de(genre: Genre, grille: &'a Grille) -> Option<Self> {
        let disposition = genre.disposition().ok()?;
        let tableau = disposition.reconnaitre(vec![grille.clone()], None, &BTreeMap::new()).ok()?;
        Some(Self { genre, grille, tableau })
    }
}

fn convenances(grilles: &[Grille]) -> Vec<Convenance<'_>> {
    let dispositions: Vec<(Genre, Disposition)> = Genre::TOUS
        .into_iter()
        .filter_map(|genre| Some((genre, Disposition::connue(genre.mot()).ok()?)))
        .collect();
    let essais = grilles.iter().flat_map(|g| dispositions.iter().map(move |(genre, d)| (g, *genre, d)));
    let convenances: Vec<Convenance<'_>> = essais
        .filter_map(|(grille, genre, disposition)| {
            let tableau = disposition.reconnaitre(vec![grille.clone()], None, &BTreeMap::new()).ok()?;
            convient(genre, &tableau).then_some(Convenance { genre, grille, tableau })
        })
        .collect();
    if !convenances.is_empty() {
        return convenances;
    }
    let par_titres = listes_par_titres(grilles, &dispositions);
    if !par_titres.is_empty() || grilles.len() < 2 {
        return par_titres;
    }
    // A list set out in sheets, each of the commune of its name.
    let genre = Genre::Pmi;
    let par_commune = grilles.iter().filter_map(|grille| {
        let disposition = dispositions.iter().find(|(autre, _)| *autre == genre)?;
        let tableau = disposition.1.reconnaitre_par_commune(grille.clone(), &BTreeMap::new())?;
        (tableau.hauteur() > 0 && convient(genre, &tableau)).then_some(Convenance { genre, grille, tableau })
    });
    par_commune.collect()
}

/// The lists and censuses whose titles name communes, where no column does. Which communes there are is not known yet: a few
/// words without a number are taken for the name of one.
fn listes_par_titres<'g>(
    grilles: &'g [Grille],
    dispositions: &[(Genre, Disposition)],
) -> Vec<Convenance<'g>> {
    let titre = |texte: &str| {
        let court = texte.split_whitespace().count() <= 6;
        let lettres = texte.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '-' | '\'' | '’'));
        if court && lettres { TitreDeCommune::Celle(texte.to_owned()) } else { TitreDeCommune::Rien }
    };
    let listes = dispositions.iter().filter(|(genre, _)| matches!(genre, Genre::Pmi | Genre::Structures));
    let essais = grilles.iter().flat_map(|grille| listes.clone().map(move |liste| (grille, liste)));
    let convenances = essais.filter_map(|(grille, (genre, disposition))| {
        let tableau =
            disposition.reconnaitre_par_titres(vec![grille.clone()], None, &BTreeMap::new(), titre)?;
        let lignes = tableau.colonne("commune")?.valeurs.iter().flatten().count();
        let convient = lignes * 2 > tableau.hauteur() && convient(*genre, &tableau);
        convient.then_some(Convenance { genre: *genre, grille, tableau })
    });
    convenances.collect()
}

/// Takes away what has the shape of births and says that it is another count, and what has that of a list and says that it
/// is of those who left; the text that says so, if nothing else is left of the file.
fn retirer_les_autres(convenances: &mut Vec<Convenance<'_>>, relatif: &Path) -> Option<(Genre, String)> {
    let mut dit = None;
    convenances.retain(|convenance| {
        let autre = convenance.est_autre_chose(relatif);
        let retiree = autre.is_some();
        dit = autre.map(|texte| (convenance.genre, texte)).or(dit.take());
        !retiree
    });
    dit.filter(|_| convenances.is_empty())
}

/// True if the cells, and not the headers alone, say that the table is of that kind.
fn convient(genre: Genre, tableau: &Tableau) -> bool {
    let present = |champ: &str| tableau.colonne(champ).is_some();
    match genre {
        Genre::Pmi => {
            let personne =
                ["prenom", "date_naissance", "age", "annee_naissance", "date_agrement", "date_fin"];
            personne.iter().any(|c| present(c))
                && surtout(tableau, "capacite", |t| valeurs::capacite(t).is_ok())
        }
        Genre::Structures => surtout(tableau, "type", |t| valeurs::type_structure(t).is_ok()),
        Genre::Imaje => {
            let mesures: Vec<&str> = Mesure::TOUTES.iter().map(|m| m.mot()).filter(|m| present(m)).collect();
            let long = present("mesure") && surtout(tableau, "valeur", |t| valeurs::compte(t).is_ok());
            long || (mesures.len() > 1 || un_seul_compte(tableau).is_some())
                && !mesures.is_empty()
                && mesures.iter().all(|m| surtout(tableau, m, |t| valeurs::compte(t).is_ok()))
        }
        Genre::Naissances => {
            let large = !annees_des_colonnes(genre, tableau).is_empty();
            let codes = surtout(tableau, "code_commune", |t| CodeCommune::lire(t).is_ok());
            // Of one year, which its title or its name says.
            let une_annee = surtout(tableau, "naissances", |t| valeurs::compte(t).is_ok());
            (large || present("annee") && present("naissances") || une_annee) && (codes || present("commune"))
        }
        Genre::Activite => {
            let territoire_entier = !present("commune") && !present("code_commune");
            let en_long = surtout(tableau, "valeur", |t| valeurs::compte(t).is_ok());
            // A year in each column, or one alone: so are many tables, and this one names what a relais counts.
            let mut mesures = tableau.colonne("mesure").into_iter().flat_map(|c| c.valeurs.iter().flatten());
            let d_annees = en_long || !annees_des_colonnes(genre, tableau).is_empty();
            let nommee = mesures.any(dit_une_mesure_d_activite);
            territoire_entier && (en_long && present("annee") || d_annees && nommee)
        }
        Genre::InseeAges => de_communes(tableau) && present("sexe") && classes(tableau, &["age"]),
        Genre::InseeFam6 => de_communes(tableau) && classes(tableau, &["age", "activite"]),
        Genre::Services => {
            let long = present("service") && present("valeur");
            present("commune") && (long || services_en_colonnes(tableau) > 0)
        }
        Genre::Trajets => {
            let dit = |champ: &str| surtout(tableau, champ, nomme_un_lieu);
            let lieux = BOUTS.iter().all(|bout| dit(bout.code) || dit(bout.nom));
            lieux && surtout(tableau, "minutes", |t| valeurs::nombre(t).is_ok_and(|m| m >= 0.0))
        }
        // Known by their own shape, or too much like one another to be told apart by their headers.
        Genre::Composition
        | Genre::CogCommunes
        | Genre::CogMouvements
        | Genre::Contours
        | Genre::TauxPublies
        | Genre::CafIris
        | Genre::Questionnaire => false,
    }
}

/// The only measure of a table of the Caf that has one, if its header is one of those that are expected: words would make
/// a table of the Caf of any list of children.
fn un_seul_compte(tableau: &Tableau) -> Option<&ColonneTexte> {
    let disposition = Genre::Imaje.disposition().ok()?;
    let mut mesures = Mesure::TOUTES.iter().filter_map(|m| Some((m.mot(), tableau.colonne(m.mot())?)));
    let (Some((mesure, colonne)), None) = (mesures.next(), mesures.next()) else { return None };
    let attendus = &disposition.champs.get(mesure)?.entetes;
    attendus.iter().any(|entete| replier(entete) == replier(&colonne.entete)).then_some(colonne)
}

/// True if the rows are of communes, by code.
fn de_communes(tableau: &Tableau) -> bool {
    surtout(tableau, "code_commune", |t| CodeCommune::lire(t).is_ok())
}

/// True if the rows are classes by number, each with a count.
fn classes(tableau: &Tableau, champs: &[&str]) -> bool {
    let rang = |t: &str| valeurs::entier(t).is_ok_and(|n| (0..=120).contains(&n));
    champs.iter().all(|champ| surtout(tableau, champ, rang))
        && surtout(tableau, "nombre", |t| valeurs::compte(t).is_ok())
}

/// A code of commune, or a name: neither a date nor a number.
fn nomme_un_lieu(texte: &str) -> bool {
    let lettres = texte.chars().any(char::is_alphabetic);
    CodeCommune::lire(texte).is_ok() || lettres && valeurs::date(texte).is_err()
}

/// How many columns are of services that a commune offers.
fn services_en_colonnes(tableau: &Tableau) -> usize {
    tableau.autres.iter().filter(|colonne| parle_d_un_service(&colonne.entete)).count()
}

/// True if the column is there and more than half of its filled cells pass.
fn surtout(tableau: &Tableau, champ: &str, passe: impl Fn(&str) -> bool) -> bool {
    let Some(colonne) = tableau.colonne(champ) else { return false };
    let cellules = colonne.valeurs.iter().flatten().take(ECHANTILLON);
    let (bonnes, toutes) = cellules.fold((0, 0), |(b, n), t| (b + usize::from(passe(t)), n + 1));
    bonnes * 2 > toutes
}

fn autres_genres(convenances: &[Convenance<'_>], genre: Genre, note: usize) -> Vec<String> {
    let autres: BTreeSet<&str> = convenances
        .iter()
        .filter(|c| c.genre != genre && c.tableau.champs.len() * 3 >= note * 2)
        .map(|c| c.genre.mot())
        .collect();
    if autres.is_empty() {
        return Vec::new();
    }
    let autres: Vec<&str> = autres.into_iter().collect();
    vec![format!("le type pourrait aussi être « {} »", autres.join(" » ou « "))]
}

impl Convenance<'_> {
    fn en_source(
        &self,
        chemin: &Path,
        relatif: &Path,
        plusieurs: bool,
        doutes: Vec<String>,
    ) -> SourceTrouvee {
        let connus: Vec<&str> = self.tableau.champs.values().map(|c| c.entete.as_str()).collect();
        let mut source = SourceTrouvee {
            genre: self.genre,
            chemin: chemin.to_owned(),
            feuille: self.grille.origine.feuille.clone().filter(|_| plusieurs),
            date: None,
            derniere_annee: None,
            pourquoi: match connus.len() {
                // A questionnaire names its own columns.
                0 => vec![format!("{} colonnes, dont les questions", self.largeur())],
                1 => vec![format!("1 colonne reconnue sur {}", self.largeur())],
                n => vec![format!("{n} colonnes reconnues sur {}", self.largeur())],
            },
            doutes,
            communes: BTreeSet::new(),
        };
        self.dater(&mut source, relatif);
        if self.genre == Genre::Naissances && !self.parle_de_naissances(relatif) {
            let doute =
                "rien dans le fichier ne dit que ce sont des naissances, et non un autre compte par année";
            source.doutes.push(doute.to_owned());
        }
        if let Some(doute) = self.peu_de_preuves() {
            source.doutes.push(doute);
        }
        source
    }

    /// What makes a table of services, of travel times or of the Caf look like another one.
    fn peu_de_preuves(&self) -> Option<String> {
        let long = self.tableau.colonne("service").is_some();
        match self.genre {
            Genre::Services if !long && services_en_colonnes(&self.tableau) == 1 => Some(
                "un seul en-tête parle d’un service (école, cantine, centre de loisirs…) : ce n’est peut-être pas une fiche des communes"
                    .to_owned(),
            ),
            Genre::Imaje => un_seul_compte(&self.tableau).map(|colonne| {
                format!(
                    "un seul compte, « {} » : ce n’est peut-être pas un fichier de la Caf",
                    colonne.entete.trim()
                )
            }),
            Genre::Trajets => {
                // By code or by name, whichever both ends have.
                let communs = [|bout: &Bout| bout.code, |bout: &Bout| bout.nom].iter().any(|champ| {
                    let [departs, arrivees] = BOUTS.each_ref().map(|bout| {
                        let colonne = self.tableau.colonne(champ(bout));
                        colonne.into_iter().flat_map(|c| c.valeurs.iter().flatten()).collect::<BTreeSet<&str>>()
                    });
                    !departs.is_disjoint(&arrivees)
                });
                let doute = "aucune commune n’y est à la fois un départ et une arrivée : ce ne sont peut-être pas des temps de trajet entre communes";
                (!communs).then(|| doute.to_owned())
            }
            _ => None,
        }
    }

    fn largeur(&self) -> usize {
        self.tableau.champs.len() + self.tableau.autres.len()
    }

    /// What may say what a table counts: its titles, its headers, its sheet, its file and folders.
    fn textes(&self, relatif: &Path) -> Vec<String> {
        let titres = self.tableau.titres.iter().map(|(_, texte)| texte.clone());
        let entetes = self.tableau.champs.values().chain(&self.tableau.autres).map(|c| c.entete.clone());
        let feuille = self.grille.origine.feuille.clone();
        titres.chain(entetes).chain(feuille).chain([relatif.display().to_string()]).collect()
    }

    fn parle_de_naissances(&self, relatif: &Path) -> bool {
        self.textes(relatif).iter().any(|texte| {
            let replie = replier(texte);
            replie.contains("nais") || replie.contains("time period")
        })
    }

    /// The text that says that what looks like births is another count, or what looks like a list that of those who left.
    fn est_autre_chose(&self, relatif: &Path) -> Option<String> {
        match self.genre {
            Genre::Naissances => {
                let autre = autre_compte_que_les_naissances(&self.tableau);
                let dit = autre.or_else(|| nombre_de_rien(&self.tableau)).map(str::to_owned);
                let autrement = || {
                    let tait = !self.parle_de_naissances(relatif);
                    tait.then(|| self.textes(relatif).into_iter().find(|texte| nomme_un_autre_compte(texte)))
                };
                dit.or_else(|| autrement().flatten())
            }
            Genre::Pmi => {
                let radical = relatif.file_stem().map(|n| n.to_string_lossy().into_owned());
                self.tableau.dit_des_sorties(&radical.unwrap_or_default())
            }
            _ => None,
        }
    }

    /// The day of the data: what says it most precisely, the title before the sheet, the sheet before
    /// the name of the file.
    fn dater(&self, source: &mut SourceTrouvee, relatif: &Path) {
        if dit_ses_annees(self.genre, &self.tableau) {
            source.derniere_annee = self.derniere_annee();
            let derniere = source.derniere_annee.map(|a| format!(", jusqu’à {a}")).unwrap_or_default();
            source.pourquoi.push(format!("les années sont dans le fichier{derniere}"));
            return;
        }
        let annees = annees_de_liste(self.genre, &self.tableau);
        if let Some(derniere) = annees.last() {
            source.date = NaiveDate::from_ymd_opt(*derniere, 12, 31);
            source.pourquoi.push(format!("date : une colonne dit l’année, {derniere} la dernière"));
            if annees.len() > 1 {
                let toutes = annees.iter().map(i32::to_string).collect::<Vec<_>>().join(", ");
                source.doutes.push(format!(
                    "le fichier tient plusieurs années ({toutes}) : seule celle de « date » est lue ; répétez cette source pour chacune des autres"
                ));
            }
            return;
        }
        let indices = self.indices(relatif);
        if self.dater_par_les_reponses(source, Indice::plus_precis(&indices)) {
            return;
        }
        let Some(retenu) = Indice::plus_precis(&indices) else {
            self.sans_indice(source);
            return;
        };
        let precision = retenu.precision;
        source.date = Some(retenu.date);
        source.pourquoi.push(format!("date : {} dit « {} »", retenu.ou, retenu.texte));
        for autre in indices.iter().filter(|i| contredit(i, retenu)) {
            source.doutes.push(format!("{} dit autre chose : « {} »", autre.ou, autre.texte));
        }
        let par_an = matches!(source.genre, Genre::Imaje | Genre::InseeAges | Genre::InseeFam6);
        if precision != Precision::Jour && !par_an {
            let quoi = if precision == Precision::Mois { "seul le mois" } else { "seule l’année" };
            source.doutes.push(format!("{quoi} est dans ce texte : le dernier jour est supposé"));
        }
        self.verifier_les_agrements(source, retenu.date);
        // « Au 2 janvier 2025 » is mostly how things stood at the end of 2024.
        if source.genre == Genre::Pmi && (precision, retenu.date.month()) == (Precision::Jour, 1) {
            let avant = retenu.date.year() - 1;
            source.doutes.push(format!(
                "une liste de janvier compte pour {} ; si elle dit l’état de la fin de {avant}, écrivez « date = {avant}-12-31 »",
                retenu.date.year()
            ));
        }
    }

    /// A survey is of the day of its last answer, if nothing says another day or another year.
    fn dater_par_les_reponses(&self, source: &mut SourceTrouvee, dit: Option<&Indice>) -> bool {
        let jour = derniere_reponse(&self.tableau).filter(|_| source.genre == Genre::Questionnaire);
        let s_accorde = |jour: &NaiveDate| {
            dit.is_none_or(|dit| dit.precision != Precision::Jour && dit.date.year() == jour.year())
        };
        let Some(jour) = jour.filter(s_accorde) else { return false };
        source.date = Some(jour);
        source.pourquoi.push(format!("date : la dernière réponse est du {}", jour.format("%d/%m/%Y")));
        true
    }

    fn derniere_annee(&self) -> Option<i32> {
        let lignes = self.tableau.colonne("annee").map(|c| c.valeurs.iter().flatten());
        let lignes = lignes.into_iter().flatten().filter_map(|t| valeurs::annee(t).ok());
        lignes.chain(annees_des_colonnes(self.genre, &self.tableau)).max()
    }

    fn indices(&self, relatif: &Path) -> Vec<Indice> {
        let radical = relatif.file_stem().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let mut indices = Indice::d_un_tableau(&self.tableau, &radical);
        let dossier = relatif.parent().and_then(Path::file_name).map(|n| n.to_string_lossy().into_owned());
        indices.extend(dossier.and_then(|d| Indice::lire(&d, "le nom du dossier")));
        indices
    }

    fn sans_indice(&self, source: &mut SourceTrouvee) {
        // Roads do not change with the year.
        if source.genre == Genre::Trajets {
            return;
        }
        if matches!(source.genre, Genre::Structures | Genre::Services) {
            let doute = "aucune date dans le fichier : il est supposé décrire le jour de l’observation ; sinon ajoutez « date = … »";
            source.doutes.push(doute.to_owned());
            return;
        }
        let dernier = self.dernier_agrement();
        source.date = dernier.and_then(|jour| NaiveDate::from_ymd_opt(jour.year(), 12, 31));
        source.doutes.push(match dernier {
            Some(jour) => format!(
                "aucune date dans le titre, la feuille ni le nom ; l’agrément le plus récent commence le {}, d’où cette date",
                jour.format("%d/%m/%Y")
            ),
            None => "aucune date dans le titre, la feuille ni le nom : ajoutez « date = » et le jour dont parlent les données (année-mois-jour)".to_owned(),
        });
    }

    fn debuts(&self) -> impl Iterator<Item = NaiveDate> {
        let cellules = self.tableau.colonne("date_agrement").map(|c| c.valeurs.iter().flatten());
        cellules.into_iter().flatten().filter_map(|t| valeurs::date(t).ok())
    }

    /// The last day on which an agrément of the list begins.
    fn dernier_agrement(&self) -> Option<NaiveDate> {
        self.debuts().max()
    }

    /// A list in which many agréments begin after its date is of a later day.
    fn verifier_les_agrements(&self, source: &mut SourceTrouvee, date: NaiveDate) {
        let (futurs, tous) = self.debuts().fold((0, 0), |(f, n), jour| (f + usize::from(jour > date), n + 1));
        if futurs * 20 > tous {
            source.doutes.push(format!(
                "{futurs} agrément(s) sur {tous} commence(nt) après le {} : la liste est sans doute plus récente",
                date.format("%d/%m/%Y")
            ));
        }
    }
}

/// True if another text names another day, or another year when that is all it names.
fn contredit(indice: &Indice, retenu: &Indice) -> bool {
    match indice.precision.min(retenu.precision) {
        Precision::Jour => indice.date != retenu.date,
        Precision::Mois => {
            (indice.date.year(), indice.date.month()) != (retenu.date.year(), retenu.date.month())
        }
        Precision::Annee => indice.date.year() != retenu.date.year(),
    }
}

/// What a file is, when one or two of its headers are like no other's; or what it is that no pipeline uses.
fn genre_par_ses_entetes(grilles: &[Grille]) -> Option<Result<Genre, &'static str>> {
    grilles.iter().find_map(|grille| {
        (0..grille.hauteur().min(LIGNES_DE_TITRE)).find_map(|rang| {
            let entetes: Vec<&str> = grille.ligne(rang).map(|(_, t)| t).collect();
            let plies: Vec<String> = entetes.iter().map(|t| replier(t)).collect();
            let a = |mot: &str| plies.iter().any(|p| p == mot);
            let commence = |mot: &str| plies.iter().any(|p| p.starts_with(mot));
            if a("heure de debut") && a("heure de fin") || a("horodateur") || a("id de la reponse") {
                Some(Ok(Genre::Questionnaire))
            } else if a("codgeo") && a("acssenf") {
                Some(Ok(Genre::CafIris))
            } else if commence("taux de couv") {
                Some(Ok(Genre::TauxPublies))
            } else if cog::est_populations_legales(&entetes) {
                Some(Err("populations légales de l’Insee"))
            } else {
                None
            }
        })
    })
}

/// Why a file is none of the known kinds: the nearest, and what it lacks; else what its headers are.
fn pourquoi_rien(grilles: &[Grille]) -> String {
    let proche = Genre::TOUS
        .into_iter()
        .filter_map(|genre| {
            let disposition = Disposition::connue(genre.mot()).ok()?;
            let communs = entetes_connus(&disposition, grilles);
            let probleme =
                disposition.reconnaitre(grilles.to_vec(), None, &BTreeMap::new()).err().map(|p| p.detail);
            (communs > 1).then_some((communs, genre, probleme))
        })
        .max_by_key(|(communs, genre, _)| (*communs, std::cmp::Reverse(*genre)));
    let vus: Vec<String> = grilles
        .first()
        .map(|g| g.ligne(0).take(8).map(|(_, t)| format!("« {} »", abreger(t))).collect())
        .unwrap_or_default();
    match proche {
        Some((communs, genre, Some(probleme))) => {
            let manque = probleme.split(" ; ").next().unwrap_or_default().to_owned();
            format!("ressemble à une source « {} » ({communs} en-têtes connus), mais {manque}", genre.mot())
        }
        Some((communs, genre, None)) => format!(
            "a {communs} en-têtes d’une source « {} », mais ses cellules n’y ressemblent pas{}",
            genre.mot(),
            exemple_contraire(genre, grilles)
        ),
        None => format!("aucun type de source ne convient ; première ligne : {}", vus.join(", ")),
    }
}

/// A cell of the column that tells the kind, and that does not fit.
fn exemple_contraire(genre: Genre, grilles: &[Grille]) -> String {
    let exemple = || {
        let disposition = Disposition::connue(genre.mot()).ok()?;
        let tableau = disposition.reconnaitre(grilles.to_vec(), None, &BTreeMap::new()).ok()?;
        let (champ, passe): (&str, fn(&str) -> bool) = match genre {
            Genre::Pmi => ("capacite", |t| valeurs::capacite(t).is_ok()),
            Genre::Structures => ("type", |t| valeurs::type_structure(t).is_ok()),
            _ => return None,
        };
        let colonne = tableau.colonne(champ)?;
        let cellule = colonne.valeurs.iter().flatten().find(|t| !passe(t))?;
        Some(format!(" : « {} » dans la colonne « {} »", abreger(cellule), colonne.entete))
    };
    exemple().unwrap_or_default()
}

/// Most headers of one row that a layout accepts.
fn entetes_connus(disposition: &Disposition, grilles: &[Grille]) -> usize {
    let acceptes: BTreeSet<String> =
        disposition.champs.values().flat_map(|c| &c.entetes).map(|e| replier(e)).collect();
    let lignes =
        grilles.iter().flat_map(|g| (0..g.hauteur().min(LIGNES_DE_TITRE)).map(move |rang| (g, rang)));
    lignes
        .map(|(g, rang)| g.ligne(rang).filter(|(_, t)| acceptes.contains(&replier(t))).count())
        .max()
        .unwrap_or(0)
}

/// The beginning of a long text.
fn abreger(texte: &str) -> String {
    const LONGUEUR: usize = 40;
    if texte.chars().count() <= LONGUEUR {
        return texte.to_owned();
    }
    texte.chars().take(LONGUEUR).chain(std::iter::once('…')).collect()
}
