//! What a study is made of, before it becomes a page or a sheet: sections, tables whose cells are still numbers.

use crate::deliverables::graphiques::Image;
use crate::deliverables::look::{self, ESPACE_INSECABLE};
use crate::deliverables::pages::{self, Illustration};
use crate::deliverables::tableur;
use crate::etude::Chiffre;
use crate::indicators::Statut;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Case {
    /// Words.
    Texte(String),
    /// Words that matter.
    Gras(String),
    /// A day.
    Jour(NaiveDate),
    /// A figure, with its decimals; `signe` for a change.
    Chiffre { chiffre: Chiffre, decimales: u32, signe: bool, gras: bool },
}

impl Case {
    pub(super) fn texte(texte: impl Into<String>) -> Self {
        Self::Texte(texte.into())
    }

    pub(super) fn nombre(chiffre: Chiffre, decimales: u32) -> Self {
        Self::Chiffre { chiffre, decimales, signe: false, gras: false }
    }

    pub(super) fn ecart(chiffre: Chiffre, decimales: u32) -> Self {
        Self::Chiffre { chiffre, decimales, signe: true, gras: false }
    }

    pub(super) fn en_gras(self) -> Self {
        match self {
            Self::Chiffre { chiffre, decimales, signe, .. } => {
                Self::Chiffre { chiffre, decimales, signe, gras: true }
            }
            Self::Texte(texte) | Self::Gras(texte) => Self::Gras(texte),
            Self::Jour(jour) => Self::Gras(look::date(jour)),
        }
    }

    fn en_page(&self) -> pages::Cellule {
        match self {
            Self::Texte(texte) => pages::Cellule::new(texte.clone()),
            Self::Gras(texte) => pages::Cellule::new(texte.clone()).en("gras"),
            Self::Jour(jour) => pages::Cellule::new(look::date(*jour)),
            Self::Chiffre { chiffre, decimales, signe, gras } => {
                let ton = match (chiffre.connu().is_some(), chiffre.statut == Statut::Estime, *gras) {
                    (false, ..) => "pale",
                    (true, true, true) => "gras-italique",
                    (true, true, false) => "italique",
                    (true, false, true) => "gras",
                    (true, false, false) => "",
                };
                pages::Cellule::new(nombre(*chiffre, *decimales, *signe)).en(ton).de(parties(*chiffre))
            }
        }
    }

    fn en_feuille(&self) -> tableur::Cellule {
        match self {
            Self::Texte(texte) => tableur::Cellule::texte(texte.clone()),
            Self::Gras(texte) => tableur::Cellule::Gras(texte.clone()),
            Self::Jour(jour) => tableur::Cellule::Date(*jour),
            Self::Chiffre { chiffre, decimales, signe, .. } => match chiffre.connu() {
                Some(valeur) if *signe => tableur::Cellule::Ecart {
                    valeur,
                    decimales: *decimales,
                    parties: Some(parties_en_feuille(*chiffre)),
                },
                Some(valeur) => tableur::Cellule::Nombre {
                    valeur,
                    decimales: *decimales,
                    estime: chiffre.statut == Statut::Estime,
                    parties: Some(parties_en_feuille(*chiffre)),
                },
                None => tableur::Cellule::Absent(a_la_place(*chiffre).to_owned()),
            },
        }
    }
}

fn a_la_place(chiffre: Chiffre) -> &'static str {
    chiffre.statut.abreviation().map_or("n.d.", |(court, _)| court)
}

fn parties_en_feuille(chiffre: Chiffre) -> tableur::Parties {
    let Chiffre { connues, attendues, .. } = chiffre;
    tableur::Parties { connues, attendues, en_bref: false }
}

/// « 4/5 communes »; nothing if none is missing.
pub(super) fn parties(chiffre: Chiffre) -> String {
    if chiffre.est_partiel() { look::parties(chiffre.connues, chiffre.attendues) } else { String::new() }
}

/// A figure as sentences write it: `121 (3/4 communes)`.
pub(super) fn ecrire(chiffre: Chiffre, decimales: u32, signe: bool) -> String {
    look::avec_parties(&nombre(chiffre, decimales, signe), &parties(chiffre))
}

fn nombre(chiffre: Chiffre, decimales: u32, signe: bool) -> String {
    let Some(valeur) = chiffre.connu() else { return a_la_place(chiffre).to_owned() };
    // Without the binary tail that a computation leaves.
    let valeur = (valeur * 1e9).round() / 1e9;
    if signe { look::ecart(valeur, decimales) } else { look::nombre(valeur, decimales) }
}

/// A table: its first column is text.
#[derive(Debug, Clone, Default)]
pub(super) struct Table {
    pub(super) titre: String,
    /// Name of its sheet, at most 31 characters.
    pub(super) feuille: &'static str,
    pub(super) entetes: Vec<String>,
    pub(super) lignes: Vec<Vec<Case>>,
    /// What the reader must know besides abbreviations.
    pub(super) note: String,
    pub(super) source: String,
    /// Relative widths of the columns on paper; none: the first takes what is left.
    pub(super) colonnes: Vec<f64>,
    /// True if every column is words.
    pub(super) textes: bool,
}

impl Table {
    /// What stands in place of figures, estimates; then the note itself.
    fn notes(&self, marque_estime: &str) -> String {
        let (mut manques, mut estime) = (BTreeSet::new(), false);
        for case in self.lignes.iter().flatten() {
            let Case::Chiffre { chiffre, .. } = case else { continue };
            if chiffre.connu().is_none() && chiffre.statut.abreviation().is_some() {
                manques.insert(chiffre.statut);
            }
            estime |= chiffre.connu().is_some() && chiffre.statut == Statut::Estime;
        }
        let abreviation = |(court, long): (&str, &str)| {
            let long = long.replace(" : ", ", ");
            format!("{court}{ESPACE_INSECABLE}: {long}.")
        };
        let mut phrases: Vec<String> =
            manques.into_iter().filter_map(Statut::abreviation).map(abreviation).collect();
        if estime {
            phrases.push(format!("{marque_estime}{ESPACE_INSECABLE}: valeur estimée."));
        }
        phrases.push(self.note.clone());
        phrases.retain(|p| !p.is_empty());
        phrases.join(" ")
    }

    fn en_page(&self) -> pages::Tableau {
        pages::Tableau {
            titre: self.titre.clone(),
            entetes: self.entetes.clone(),
            groupes: vec![pages::Groupe {
                titre: String::new(),
                lignes: self.lignes.iter().map(|l| l.iter().map(Case::en_page).collect()).collect(),
            }],
            note: self.notes("En italique"),
            source: self.source.clone(),
        }
    }

    fn en_feuille(&self) -> tableur::Feuille {
        let largeur_maximale = |rang: usize| LARGEURS_DE_COLONNE[usize::from(rang > 0 || self.textes)];
        let largeur = |rang: usize| {
            let cases = self.lignes.iter().filter_map(|l| l.get(rang)).map(|case| match case {
                Case::Texte(t) | Case::Gras(t) => t.chars().count(),
                Case::Jour(_) => 10,
                Case::Chiffre { .. } => 9,
            });
            let entete = self.entetes.get(rang).map_or(0, |e| e.chars().count().div_ceil(2));
            // Room enough that a row of ordinary words holds on one line.
            cases.chain([entete]).max().unwrap_or(9).clamp(10, largeur_maximale(rang)) as f64 * 1.12 + 2.0
        };
        let lignes = self.lignes.iter().map(|l| l.iter().map(Case::en_feuille).collect()).collect();
        let table = tableur::Bloc { entetes: self.entetes.clone(), lignes, encadre: false };
        let textes = [self.titre.clone(), self.notes(tableur::MARQUE_ESTIME), self.source.clone()];
        let dits = textes.into_iter().filter(|texte| !texte.is_empty());
        let dits = dits.map(|texte| vec![tableur::Cellule::Note(texte)]).collect();
        tableur::Feuille {
            nom: self.feuille.to_owned(),
            largeurs: (0..self.entetes.len()).map(largeur).collect(),
            blocs: vec![table, tableur::Bloc { lignes: dits, ..tableur::Bloc::default() }],
            figees: Some(1),
            filtre: false,
            imprimees: None,
            paysage: self.textes || self.entetes.len() > 6,
        }
    }
}

/// Widest column of a sheet, in characters: longer words take several lines. The first one of a table of
/// numbers, and any other.
const LARGEURS_DE_COLONNE: [usize; 2] = [58, 40];

/// What a section is made of.
#[derive(Debug, Clone)]
pub(super) enum Bloc {
    /// A paragraph.
    Texte(String),
    /// Short sentences, one under the other.
    Liste(Vec<String>),
    /// A table.
    Table(Table),
    /// A picture, with the note under it.
    Image { image: Box<Image>, note: String, source: String },
}

/// A part of a study.
#[derive(Debug, Clone)]
pub(super) struct Section {
    pub(super) titre: String,
    pub(super) blocs: Vec<Bloc>,
}

/// A study as it is told, for paper, screen and spreadsheet.
#[derive(Debug, Clone)]
pub(super) struct Rapport {
    /// Territory and kind of document.
    pub(super) surtitre: String,
    pub(super) titre: String,
    /// Under the title: date, for whom.
    pub(super) chapeau: String,
    pub(super) en_bref: Vec<String>,
    pub(super) sections: Vec<Section>,
}

/// A section for the templates.
#[derive(Debug, serde::Serialize)]
pub(super) struct SectionDePage {
    titre: String,
    blocs: Vec<BlocDePage>,
}

/// A block for the templates.
#[derive(Debug, serde::Serialize)]
#[serde(tag = "sorte", rename_all = "snake_case")]
enum BlocDePage {
    Texte { texte: String },
    Liste { lignes: Vec<String> },
    Table { table: pages::Tableau, colonnes: Vec<f64>, textes: bool },
    Image { image: Illustration },
}

impl Rapport {
    /// The sections as templates take them.
    pub(super) fn sections(&self) -> Vec<SectionDePage> {
        let bloc = |bloc: &Bloc| match bloc {
            Bloc::Texte(texte) => BlocDePage::Texte { texte: texte.clone() },
            Bloc::Liste(lignes) => BlocDePage::Liste { lignes: lignes.clone() },
            Bloc::Table(table) => BlocDePage::Table {
                table: table.en_page(),
                colonnes: table.colonnes.clone(),
                textes: table.textes,
            },
            Bloc::Image { image, note, source } => {
                let nom = format!("{}.svg", image.nom);
                BlocDePage::Image { image: Illustration::new(&nom, image, note.clone(), source.clone()) }
            }
        };
        let section =
            |s: &Section| SectionDePage { titre: s.titre.clone(), blocs: s.blocs.iter().map(bloc).collect() };
        self.sections.iter().map(section).collect()
    }

    /// The pictures, in order.
    pub(super) fn images(&self) -> impl Iterator<Item = &Image> {
        self.sections.iter().flat_map(|s| &s.blocs).filter_map(|bloc| match bloc {
            Bloc::Image { image, .. } => Some(&**image),
            _ => None,
        })
    }

    /// The sheets: what to read first, then a sheet for each table.
    pub(super) fn feuilles(&self) -> Vec<tableur::Feuille> {
        let brut = |texte: &str| vec![tableur::Cellule::Texte(texte.to_owned())];
        let mut lignes = vec![vec![tableur::Cellule::Titre(self.titre.clone())], brut(&self.chapeau)];
        lignes.push(vec![tableur::Cellule::Vide]);
        lignes.extend(self.en_bref.iter().map(|phrase| brut(phrase)));
        for section in &self.sections {
            let textes: Vec<&String> = section
                .blocs
                .iter()
                .flat_map(|bloc| match bloc {
                    Bloc::Texte(texte) => vec![texte],
                    Bloc::Liste(lignes) => lignes.iter().collect(),
                    _ => Vec::new(),
                })
                .collect();
            let tables = section.blocs.iter().filter_map(|bloc| match bloc {
                Bloc::Table(table) => Some(format!("Feuille « {} » : {}", table.feuille, table.titre)),
                _ => None,
            });
            lignes.push(vec![tableur::Cellule::Vide]);
            lignes.push(vec![tableur::Cellule::Gras(section.titre.clone())]);
            lignes.extend(textes.into_iter().map(|texte| brut(texte)));
            lignes.extend(tables.map(|texte| brut(&texte)));
        }
        let a_lire = tableur::Feuille {
            nom: "À lire".to_owned(),
            largeurs: vec![76.0],
            blocs: vec![tableur::Bloc { lignes, ..tableur::Bloc::default() }],
            ..tableur::Feuille::default()
        };
        let tables = self.sections.iter().flat_map(|s| &s.blocs).filter_map(|bloc| match bloc {
            Bloc::Table(table) => Some(table.en_feuille()),
            _ => None,
        });
        std::iter::once(a_lire).chain(tables).collect()
    }

    /// The pictures for the document, by the name of their file.
    pub(super) fn svg_pour_page(&self) -> BTreeMap<String, Vec<u8>> {
        self.images().map(|i| (format!("{}.svg", i.nom), i.svg_pour_page().into_bytes())).collect()
    }
}
