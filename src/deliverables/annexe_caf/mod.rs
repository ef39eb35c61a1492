//! The tables of mission 3 of the evaluation form that a relais sends to the Caf, in its order and with its
//! labels: a plain structure here, written as `annexe-caf.xlsx` and `annexe-caf.pdf` by [`AnnexeCaf`].
//!
//! The form's year is that of the report: it is N−1.

mod feuille;
mod page;

use super::graphiques::citations;
use super::look::{self, ESPACE_FINE, ESPACE_INSECABLE, MOINS};
use super::perimetre::memes_communes;
use super::tableur::{self, Couverture};
use super::{Contexte, ErreurLivrable, Livrable};
use crate::disclosure::Audience;
use crate::etude::Suite;
use crate::indicators::catalogue::Unite;
use crate::indicators::{Figure, Niveau, Statut, indicateur};
use std::path::{Path, PathBuf};

const FICHIER: &str = "annexe-caf.xlsx";
const FICHIER_PDF: &str = "annexe-caf.pdf";

/// A project of care that the relais received: `[[projets]]` in the pipeline, a row of the last table.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct Projet {
    /// Year in which it was received.
    pub annee: i32,
    /// « MAM », « micro-crèche »…
    #[serde(rename = "type")]
    pub genre: String,
    /// Where it would open.
    #[serde(default)]
    pub territoire: String,
    /// Places; none if it is not said.
    pub places: Option<u32>,
    /// What the relais thinks of it.
    #[serde(default)]
    pub pertinence: String,
    /// What became of it; none while it goes on.
    pub suite: Option<Suite>,
    /// Whether the relais helps it; none if it is not said.
    pub accompagne: Option<bool>,
    /// Anything else.
    #[serde(default)]
    pub remarque: String,
}

/// The tables.
#[derive(Debug, Clone, PartialEq)]
pub struct Annexe {
    /// Name of the territory, and year.
    pub titre: String,
    /// In the order of the form.
    pub tableaux: Vec<Tableau>,
}

/// A table of the form.
#[derive(Debug, Clone, PartialEq)]
pub struct Tableau {
    /// As the form calls it.
    pub titre: &'static str,
    /// Headers.
    pub entetes: Vec<String>,
    /// Rows, each as long as the headers.
    pub lignes: Vec<Vec<Case>>,
    /// What the reader must know; empty if nothing.
    pub note: &'static str,
}

/// What stands in a box of the form.
#[derive(Debug, Clone, PartialEq)]
pub enum Case {
    /// Nothing: to be filled by hand.
    Vide,
    /// Words.
    Texte(String),
    /// A year.
    Annee(i32),
    /// A count.
    Nombre {
        /// Its value.
        valeur: f64,
        /// True if it is computed from other figures.
        estime: bool,
        /// Communes that are known, of how many.
        parties: (u32, u32),
    },
    /// A share, from 0 to 100, with one decimal.
    Pourcent {
        /// Its value.
        valeur: f64,
        /// True if it is computed from other figures.
        estime: bool,
        /// Communes that are known, of how many.
        parties: (u32, u32),
    },
    /// From N−3 to N−1, a count.
    Ecart(f64),
    /// From N−3 to N−1, in points of percentage, with one decimal.
    EcartEnPoints(f64),
    /// « non disponible ».
    NonDisponible,
    /// « / »: a rate one of whose terms is not available, or a question that makes no sense here.
    SansObjet,
    /// « s. »: withheld.
    Retenu,
    /// The two years do not speak of the same communes.
    NonComparable,
}

impl Tableau {
    /// What the reader must know, and what its signs mean, those alone that stand there.
    fn notes(&self) -> Vec<String> {
        let cases = || self.lignes.iter().flatten();
        let dite = |case: &Case| cases().any(|autre| autre == case);
        let estimee = |case: &Case| {
            matches!(case, Case::Nombre { estime: true, .. } | Case::Pourcent { estime: true, .. })
        };
        let signes = [
            (
                dite(&Case::SansObjet),
                "« / » : le formulaire ne demande pas ce nombre, ou le taux ne se calcule pas, l’un de ses deux nombres n’étant pas disponible.",
            ),
            (
                dite(&Case::Retenu),
                "« s. » : petit nombre que sa source ne diffuse pas, ou qui laisserait reconnaître des personnes.",
            ),
            (
                dite(&Case::NonComparable),
                "« non comparable » : les deux années ne portent pas sur les mêmes communes, ou l’un des chiffres est estimé.",
            ),
            (cases().any(estimee), "« estimé », ou « (e) » : calculé à partir d’autres chiffres."),
            (
                cases().any(|case| !case.parties().is_empty()),
                "« (14/15 communes) » : la somme ne porte que sur les communes connues ; elle ne se compare pas à celle d’une année où elles sont plus nombreuses.",
            ),
        ];
        let signes = signes.into_iter().filter(|(la, _)| *la).map(|(_, dit)| dit.to_owned());
        Some(self.note.to_owned()).filter(|note| !note.is_empty()).into_iter().chain(signes).collect()
    }
}

impl Case {
    /// True for nobody in a part of the communes: of the territory, nothing is known.
    fn est_un_zero_partiel(&self) -> bool {
        matches!(self, Self::Nombre { valeur, parties: (connues, attendues), .. } if *valeur == 0.0 && connues < attendues)
    }

    /// « 5/15 communes », beside a sum that lacks some; « 0 dans 5/15 communes », beside one of nobody.
    fn parties(&self) -> String {
        match self {
            Self::Nombre { parties: (connues, attendues), .. } if self.est_un_zero_partiel() => {
                format!("0 dans {}", look::parties(*connues, *attendues))
            }
            Self::Nombre { parties: (connues, attendues), .. }
            | Self::Pourcent { parties: (connues, attendues), .. } => look::parties(*connues, *attendues),
            _ => String::new(),
        }
    }

    /// As the form holds it.
    pub fn en_clair(&self) -> String {
        let marque = |estime: &bool| if *estime { " (estimé)" } else { "" };
        match self {
            Self::Vide => String::new(),
            Self::Texte(texte) => texte.clone(),
            Self::Annee(annee) => annee.to_string(),
            _ if self.est_un_zero_partiel() => "non disponible".to_owned(),
            Self::Nombre { valeur, estime, .. } => format!("{}{}", look::nombre(*valeur, 0), marque(estime)),
            Self::Pourcent { valeur, estime, .. } => {
                format!("{}{}", look::pourcent(*valeur, 1), marque(estime))
            }
            Self::Ecart(ecart) => look::ecart(*ecart, 0),
            Self::EcartEnPoints(ecart) => format!("{}{ESPACE_FINE}pt", look::ecart(*ecart, 1)),
            Self::NonDisponible => "non disponible".to_owned(),
            Self::SansObjet => "/".to_owned(),
            Self::Retenu => "s.".to_owned(),
            Self::NonComparable => "non comparable".to_owned(),
        }
    }
}

/// The annex, as a workbook and as pages.
#[derive(Debug)]
pub(super) struct AnnexeCaf;

impl Livrable for AnnexeCaf {
    fn nom(&self) -> &'static str {
        "annexe-caf"
    }

    /// For the relais alone, which sends it to the Caf: it is no publication.
    fn produire(&self, contexte: &Contexte<'_>, dossier: &Path) -> Result<Vec<PathBuf>, ErreurLivrable> {
        if contexte.audience != Audience::Interne {
            return Ok(Vec::new());
        }
        let annexe = annexe(contexte);
        // The relais sends it.
        let couverture = Couverture { titre: &annexe.titre, mention: "" };
        let mut ecrits =
            tableur::ecrire(contexte, dossier, FICHIER, couverture, &feuille::feuilles(&annexe))?;
        ecrits.extend(page::ecrire(&annexe, contexte, dossier)?);
        Ok(ecrits)
    }
}

/// The tables, filled with what the table of indicators holds for the territory.
pub fn annexe(contexte: &Contexte<'_>) -> Annexe {
    Annexe {
        titre: format!(
            "{}{ESPACE_INSECABLE}: {}, arrêté au {}",
            contexte.territoire,
            titre(contexte),
            look::date(contexte.date)
        ),
        tableaux: vec![demande(contexte), offre(contexte), offre_des_am(contexte), developpement(contexte)],
    }
}

/// « formulaire d’évaluation du relais, mission 3, 2024 »
fn titre(contexte: &Contexte<'_>) -> String {
    format!("formulaire d’évaluation du relais, mission 3, {}", contexte.annee)
}

/// A row of the form: its label, and the indicator and modality that fill it.
type Rang = (&'static str, &'static str, &'static str);

const DEMANDE: [Rang; 7] = [
    ("Enfants de moins de 3 ans", "enfants_0_2", ""),
    ("Enfants de 3 à 6 ans", "enfants_3_5", ""),
    ("Enfants de moins de 3 ans dont le ou les parents sont en activité", "enfants_0_2_parents_actifs", ""),
    ("Enfants accueillis en Eaje", "enfants_eaje", ""),
    ("Enfants gardés par un assistant maternel", "enfants_am", ""),
    ("Enfants bénéficiaires du Cmg emploi direct garde d’enfants à domicile", "enfants_cmg_domicile", ""),
    ("Enfants bénéficiaires du Cmg structures", "enfants_cmg_structure", ""),
];

/// Label, source that the form asks for, indicator of the number, indicator of the places.
const OFFRE: [(&str, &str, &str, Option<&str>); 5] = [
    ("Eaje", "Collectivité, monenfant.fr", "eaje", Some("eaje_places")),
    ("Assistants maternels agréés du territoire", "Pmi", "am_agrees", Some("am_places")),
    ("Assistants maternels actifs au moins un mois dans l’année", "Caf, imaje", "am_actifs_un_mois", None),
    ("Maisons d’assistants maternels", "Pmi, Caf", "mam", Some("mam_places")),
    ("Associations ou entreprises de services à la personne", "", "services_a_la_personne", None),
];

const OFFRE_DES_AM: [Rang; 7] = [
    ("Agréés par la Pmi (A)", "am_agrees", ""),
    ("En activité (B) (mois de novembre, source Caf)", "am_actifs", ""),
    ("Taux d’activité (B/A)", "taux_activite", ""),
    ("Acceptant le périscolaire", "am_accepte", "periscolaire"),
    ("Acceptant les horaires atypiques (avant 7 h, après 20 h, week-end)", "am_accepte", "atypique"),
    ("Acceptant l’accueil d’urgence", "am_accepte", "urgence"),
    ("Acceptant un enfant en situation de handicap", "am_accepte", "handicap"),
];

fn an(contexte: &Contexte<'_>, recul: i32) -> String {
    format!("N{MOINS}{recul} ({})", contexte.annee + 1 - recul)
}

fn demande(contexte: &Contexte<'_>) -> Tableau {
    let mut entetes = vec!["Donnée".to_owned()];
    entetes.extend([3, 2, 1].map(|recul| an(contexte, recul)));
    entetes.push("Source".to_owned());
    let lignes = DEMANDE.map(|(libelle, id, modalite)| {
        let figures = [3, 2, 1].map(|recul| figure(contexte, id, modalite, recul));
        let mut ligne = vec![Case::Texte(libelle.to_owned())];
        ligne.extend(figures.iter().map(|f| case(contexte, id, f.as_ref())));
        ligne.push(origine(contexte, &figures));
        ligne
    });
    Tableau {
        titre: "Observation de la demande",
        entetes,
        lignes: lignes.to_vec(),
        note: "La ligne « 3 à 6 ans » du formulaire est remplie par le compte disponible, de 3 à 5 ans révolus quand il vient de la Caf ou de l’Insee.",
    }
}

fn offre(contexte: &Contexte<'_>) -> Tableau {
    let mut entetes = vec!["Donnée".to_owned(), "Source demandée".to_owned()];
    entetes.extend([3, 1].map(|recul| format!("Nombre, {}", an(contexte, recul))));
    entetes.extend([3, 1].map(|recul| format!("Places théoriques, {}", an(contexte, recul))));
    entetes.push("Source".to_owned());
    let lignes = OFFRE.map(|(libelle, source, nombre, places)| {
        let mut ligne = vec![Case::Texte(libelle.to_owned()), Case::Texte(source.to_owned())];
        let mut figures = Vec::new();
        for (id, recul) in [(Some(nombre), 3), (Some(nombre), 1), (places, 3), (places, 1)] {
            let Some(id) = id else {
                ligne.push(Case::SansObjet);
                continue;
            };
            let lue = figure(contexte, id, "", recul);
            ligne.push(case(contexte, id, lue.as_ref()));
            figures.push(lue);
        }
        ligne.push(origine(contexte, &figures));
        ligne
    });
    Tableau {
        titre: "Observation de l’offre",
        entetes,
        lignes: lignes.to_vec(),
        note: "Les places des maisons d’assistants maternels font partie de celles des assistants maternels agréés.",
    }
}

fn offre_des_am(contexte: &Contexte<'_>) -> Tableau {
    let mut entetes = vec!["Assistants maternels".to_owned()];
    entetes.extend([3, 2, 1].map(|recul| an(contexte, recul)));
    entetes.extend([format!("Évolution de N{MOINS}3 à N{MOINS}1"), "Source".to_owned()]);
    let lignes = OFFRE_DES_AM.map(|(libelle, id, modalite)| {
        let figures = [3, 2, 1].map(|recul| figure(contexte, id, modalite, recul));
        let mut ligne = vec![Case::Texte(libelle.to_owned())];
        ligne.extend(figures.iter().map(|f| case(contexte, id, f.as_ref())));
        ligne.push(evolution(contexte, id, figures[0].as_ref(), figures[2].as_ref()));
        ligne.push(origine(contexte, &figures));
        ligne
    });
    Tableau {
        titre: "Offre d’accueil par des assistants maternels",
        entetes,
        lignes: lignes.to_vec(),
        note: "Un taux rapporte deux nombres dans les seules communes où l’un et l’autre sont connus : il peut différer du rapport des totaux écrits au-dessus.",
    }
}

fn developpement(contexte: &Contexte<'_>) -> Tableau {
    let entetes = [
        "Année",
        "Type de service",
        "Territoire envisagé",
        "Nombre de places",
        "Pertinence du projet",
        "Projet accompagné par le Rpe",
        "Remarque",
    ];
    let dits = contexte.projets.iter().filter(|p| (contexte.annee - 2..=contexte.annee).contains(&p.annee));
    let mut lignes: Vec<Vec<Case>> = dits.map(ligne_de_projet).collect();
    if lignes.is_empty() {
        let mut ligne = vec![Case::Vide; entetes.len()];
        ligne[0] = Case::Texte("non disponible".to_owned());
        ligne[entetes.len() - 1] = porteurs_recus(contexte);
        lignes.push(ligne);
    }
    Tableau {
        titre: "Développement de l’offre",
        entetes: entetes.map(str::to_owned).to_vec(),
        lignes,
        note: "Une ligne par porteur de projet que le relais a reçu.",
    }
}

/// How many were received in the years of the form, where nothing tells who.
fn porteurs_recus(contexte: &Contexte<'_>) -> Case {
    let code = contexte.code_territoire;
    let recus = contexte.table.serie(Niveau::Territoire, code, "porteurs_de_projet", "");
    let annees = contexte.annee - 2..=contexte.annee;
    let recus = recus.iter().filter(|f| annees.contains(&f.annee) && f.statut.est_connu());
    let dits: Vec<String> = recus
        .filter_map(|f| {
            let porteurs = look::compter(f.valeur?, "porteur de projet reçu", "porteurs de projet reçus");
            Some(format!("{porteurs} en {}", f.annee))
        })
        .collect();
    if dits.is_empty() {
        return Case::Vide;
    }
    Case::Texte(format!("{}\u{202f}; le détail n’est pas donné", dits.join(", ")))
}

fn ligne_de_projet(projet: &Projet) -> Vec<Case> {
    let texte = |t: &str| if t.is_empty() { Case::Vide } else { Case::Texte(t.to_owned()) };
    vec![
        Case::Annee(projet.annee),
        texte(&projet.genre),
        texte(&projet.territoire),
        projet.places.map_or(Case::NonDisponible, |p| Case::Nombre {
            valeur: f64::from(p),
            estime: false,
            parties: (1, 1),
        }),
        texte(&projet.pertinence),
        projet.accompagne.map_or(Case::Vide, |oui| texte(if oui { "oui" } else { "non" })),
        texte(&projet.remarque),
    ]
}

fn figure(contexte: &Contexte<'_>, id: &str, modalite: &str, recul: i32) -> Option<Figure> {
    let annee = contexte.annee + 1 - recul;
    contexte.table.figure(Niveau::Territoire, contexte.code_territoire, id, modalite, annee)
}

/// What the box of a figure holds.
fn case(contexte: &Contexte<'_>, id: &str, figure: Option<&Figure>) -> Case {
    let Some(figure) = figure else { return Case::NonDisponible };
    let estime = figure.statut == Statut::Estime;
    let parties = (figure.parties, figure.parties_attendues);
    match (figure.statut, figure.valeur) {
        (Statut::Observe | Statut::Estime, Some(valeur)) if est_une_part(id) => {
            Case::Pourcent { valeur, estime, parties }
        }
        (Statut::Observe | Statut::Estime, Some(valeur)) => Case::Nombre { valeur, estime, parties },
        (Statut::Secret | Statut::SecretSource, _) => Case::Retenu,
        (Statut::SansObjet, _) => Case::SansObjet,
        _ if un_terme_connu(contexte, id, figure.annee) => Case::SansObjet,
        _ => Case::NonDisponible,
    }
}

fn est_une_part(id: &str) -> bool {
    indicateur(id).is_some_and(|i| i.unite == Unite::Pourcent)
}

/// True for a rate of which one term is known and the other not: the form has « / » there.
fn un_terme_connu(contexte: &Contexte<'_>, id: &str, annee: i32) -> bool {
    let Some(termes) = indicateur(id).and_then(|i| i.termes) else { return false };
    termes.into_iter().any(|(terme, modalite)| {
        let lu = contexte.table.figure(Niveau::Territoire, contexte.code_territoire, terme, modalite, annee);
        lu.is_some_and(|f| f.statut.est_connu())
    })
}

/// The change between the two years, if both are counted over the same communes, all of them.
fn evolution(contexte: &Contexte<'_>, id: &str, avant: Option<&Figure>, apres: Option<&Figure>) -> Case {
    let (Some(avant), Some(apres)) = (avant, apres) else { return Case::NonDisponible };
    let (Some(debut), Some(fin)) = (avant.valeur, apres.valeur) else {
        let manque = if avant.valeur.is_none() { avant } else { apres };
        return case(contexte, id, Some(manque));
    };
    let entiere = |f: &Figure| f.parties == f.parties_attendues && f.statut == Statut::Observe;
    if !entiere(avant) || !entiere(apres) || !memes_communes(contexte, avant.annee, apres.annee) {
        return Case::NonComparable;
    }
    if est_une_part(id) { Case::EcartEnPoints(fin - debut) } else { Case::Ecart(fin - debut) }
}

/// Where the figures of a row come from.
fn origine(contexte: &Contexte<'_>, figures: &[Option<Figure>]) -> Case {
    let dits = citations(contexte, figures.iter().flatten());
    if dits.is_empty() { Case::Vide } else { Case::Texte(dits.join("\u{202f}; ")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deliverables::graphiques::essai::{Essai, Ligne};

    fn ligne(essai: &Essai, tableau: usize, rang: usize) -> Vec<String> {
        annexe(&essai.contexte()).tableaux[tableau].lignes[rang].iter().map(Case::en_clair).collect()
    }

    #[test]
    fn les_colonnes_sont_celles_du_formulaire() {
        let annexe = annexe(&Essai::new().contexte());
        let entetes = &annexe.tableaux[0].entetes;
        assert_eq!(entetes[1..4], ["N\u{2212}3 (2022)", "N\u{2212}2 (2023)", "N\u{2212}1 (2024)"]);
        for tableau in &annexe.tableaux {
            assert!(tableau.lignes.iter().all(|l| l.len() == tableau.entetes.len()), "{}", tableau.titre);
        }
    }

    #[test]
    fn une_evolution_se_dit_a_perimetre_constant() {
        let mut essai = Essai::new();
        assert_eq!(ligne(&essai, 2, 0)[1..5], ["358", "331", "312", "\u{2212}46"]);
        assert_eq!(
            ligne(&essai, 2, 1)[1..5],
            ["non disponible", "non disponible", "non disponible", "non disponible"]
        );
        essai.changer(|l| l.indicateur == "am_agrees" && l.annee == 2022, |l| l.parties = (14, 15));
        assert_eq!(ligne(&essai, 2, 0)[4], "non comparable");
        let mut autres = Essai::new();
        let choix = |l: &Ligne| l.niveau == "commune" && l.annee == 2022 && l.code == Essai::SECRETE;
        autres.changer(choix, |l| l.code = "85999".to_owned());
        assert_eq!(ligne(&autres, 2, 0)[4], "non comparable", "autant de communes, mais pas les mêmes");
        let cases = &annexe(&essai.contexte()).tableaux[2].lignes[0];
        assert_eq!([1, 2].map(|rang: usize| cases[rang].parties()), ["14/15\u{a0}communes", ""]);
    }

    #[test]
    fn un_nombre_retenu_et_un_nombre_estime_se_voient() {
        let mut essai = Essai::new();
        assert_eq!(ligne(&essai, 0, 0)[3], "1\u{202f}263 (estimé)");
        essai.changer(|l| l.indicateur == "enfants_0_2", |l| (l.statut, l.valeur) = (Statut::Secret, None));
        assert_eq!(ligne(&essai, 0, 0)[3], "s.");
    }
}
