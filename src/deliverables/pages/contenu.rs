//! What templates receive: everything is text already written as a French office writes it.

use crate::deliverables::graphiques::{Image, citer, largeur, notes};
use crate::deliverables::look::{self, Couleur, ESPACE_INSECABLE, Graisse, palette};
use crate::deliverables::{Contexte, apparence::Apparence};
use crate::indicators::{Figure, Indicateur, Niveau, Statut};
use chrono::Datelike;
use serde::Serialize;

/// What every page has around its matter.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Base {
    titre: String,
    description: String,
    auteur: String,
    /// For whom, said at the foot; nothing if anyone may read.
    mention: String,
    date: [i32; 3],
    police: &'static str,
    couleurs: Couleurs,
    /// File of the logo, empty if there is none.
    logo: String,
    logo_texte: String,
}

#[derive(Debug, Clone, Serialize)]
struct Couleurs {
    encre: String,
    pale: String,
    grille: String,
    fond: String,
    principale: String,
    secondaire: String,
    /// The main colour where it writes text: ink if it would be too light to read.
    titre: String,
    barre: String,
}

/// Contrast under which a colour is not legible as text (WCAG AA).
const CONTRASTE_DE_LECTURE: f64 = 4.5;

impl Base {
    pub(crate) fn new(contexte: &Contexte<'_>, titre: String, description: String) -> Self {
        let Apparence { relais, principale, secondaire, logo } = contexte.apparence;
        let contraste = palette::contraste(*principale, palette::PAPIER);
        let titre_en = if contraste < CONTRASTE_DE_LECTURE { palette::ENCRE } else { *principale };
        let auteur = relais.clone().unwrap_or_else(|| contexte.territoire.to_owned());
        Self {
            titre,
            description,
            logo: logo.as_ref().map_or_else(String::new, |l| format!("images/{}", l.nom())),
            logo_texte: format!("Logo{ESPACE_INSECABLE}: {auteur}"),
            auteur,
            mention: contexte.audience.mention().to_owned(),
            date: [
                contexte.date.year(),
                contexte.date.month().cast_signed(),
                contexte.date.day().cast_signed(),
            ],
            police: look::FAMILLE,
            couleurs: Couleurs {
                encre: hexa(palette::ENCRE),
                pale: hexa(palette::ENCRE_PALE),
                grille: hexa(palette::GRILLE),
                fond: hexa(palette::delaver(*principale, 0.07)),
                principale: hexa(*principale),
                secondaire: hexa(*secondaire),
                titre: hexa(titre_en),
                barre: hexa(palette::delaver(*principale, 0.55)),
            },
        }
    }
}

impl Base {
    /// For a page of the relais that is made to be sent.
    pub(crate) fn a_envoyer(self) -> Self {
        Self { mention: String::new(), ..self }
    }
}

fn hexa((r, v, b): Couleur) -> String {
    format!("#{r:02x}{v:02x}{b:02x}")
}

/// A picture and what stands around it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Illustration {
    pub(crate) fichier: String,
    pub(crate) titre: String,
    /// What the picture shows, for those who do not see it.
    alternative: String,
    pub(crate) note: String,
    pub(crate) source: String,
}

impl Illustration {
    /// `nom` is that of the file in the document: `carte.svg`.
    pub(crate) fn new(nom: &str, image: &Image, note: String, source: String) -> Self {
        Self {
            fichier: format!("images/{nom}"),
            titre: image.legende.titre.clone(),
            alternative: image.legende.description.clone(),
            note,
            source,
        }
    }
}

/// One cell of a table.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Cellule {
    pub(crate) texte: String,
    /// `gras`, `italique`, `gras-italique`, `pale`, or nothing.
    pub(crate) ton: &'static str,
    /// « 5/15 communes », beside a sum that lacks some.
    pub(crate) parties: String,
    /// Length of a bar before the text, from 0 to 1.
    pub(crate) barre: Option<f64>,
}

impl Cellule {
    pub(crate) fn new(texte: impl Into<String>) -> Self {
        Self { texte: texte.into(), ..Self::default() }
    }

    pub(crate) fn en(mut self, ton: &'static str) -> Self {
        self.ton = ton;
        self
    }

    /// The value that the row is for, unless something stands in its place.
    pub(crate) fn en_valeur(self) -> Self {
        match self.ton {
            "" => self.en("gras"),
            "italique" => self.en("gras-italique"),
            _ => self,
        }
    }

    pub(crate) fn de(mut self, parties: String) -> Self {
        self.parties = parties;
        if let Some((texte, parties)) = look::zero_partiel(&self.texte, &self.parties) {
            return Self { texte: texte.to_owned(), ton: "pale", parties, ..self };
        }
        self
    }

    /// A figure: in italics if it is an estimate, pale if something stands in its place.
    fn chiffre(figure: &Figure, indicateur: &Indicateur) -> Self {
        Self::new(look::ecrire(figure, indicateur)).en(match figure.statut {
            Statut::Observe => "",
            Statut::Estime => "italique",
            _ => "pale",
        })
    }
}

/// A table; the first column is text, the others are numbers.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Tableau {
    pub(crate) titre: String,
    pub(crate) entetes: Vec<String>,
    /// Groups of rows, each under a title (empty if there is but one).
    pub(crate) groupes: Vec<Groupe>,
    pub(crate) note: String,
    pub(crate) source: String,
}

/// Room on both sides of a cell, mm.
const RETRAIT: f64 = 3.2;
/// Size of what stands beside a partial sum, with the brackets that the page puts around it.
const CORPS_DES_PARTIES: f64 = 0.95;

impl Tableau {
    /// The widths of the columns, mm, of a table set at `corps` points, each cell on one line; nothing if they do
    /// not hold in `place` mm: then the layout finds them, which costs it three times as much.
    pub(crate) fn largeurs(&self, corps: f64, place: f64) -> Vec<f64> {
        let mut largeurs = vec![0.0_f64; self.entetes.len()];
        let cellules = self.groupes.iter().flat_map(|g| &g.lignes);
        let lignes = cellules.map(|ligne| {
            let parties = |c: &Cellule| largeur(&c.parties, corps * CORPS_DES_PARTIES, Graisse::Normal);
            ligne.iter().map(|c| largeur(&c.texte, corps, Graisse::Gras) + parties(c)).collect()
        });
        let entetes: Vec<f64> = self.entetes.iter().map(|e| largeur(e, corps, Graisse::Gras)).collect();
        for ligne in lignes.chain([entetes]) {
            for (largeur_de, texte) in largeurs.iter_mut().zip(ligne) {
                *largeur_de = largeur_de.max(texte + RETRAIT);
            }
        }
        if largeurs.iter().sum::<f64>() <= place { largeurs } else { Vec::new() }
    }
}

/// Rows of a table under one title.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Groupe {
    pub(crate) titre: String,
    pub(crate) lignes: Vec<Vec<Cellule>>,
}

/// Reads figures of one place and remembers those that were shown, so that notes and sources tell of them,
/// and only of them.
pub(crate) struct Releve<'a> {
    pub(crate) contexte: &'a Contexte<'a>,
    pub(crate) niveau: Niveau,
    pub(crate) code: &'a str,
    montrees: Vec<(&'static str, Figure)>,
}

impl<'a> Releve<'a> {
    pub(crate) fn new(contexte: &'a Contexte<'a>, niveau: Niveau, code: &'a str) -> Self {
        Self { contexte, niveau, code, montrees: Vec::new() }
    }

    /// A figure; one that the table does not hold is not available.
    pub(crate) fn lire(&self, id: &str, modalite: &str, annee: i32) -> Figure {
        let figure = self.contexte.table.figure(self.niveau, self.code, id, modalite, annee);
        figure.unwrap_or_else(|| crate::deliverables::graphiques::non_disponible(annee))
    }

    /// A known value.
    pub(crate) fn valeur(&self, id: &str, modalite: &str, annee: i32) -> Option<f64> {
        let figure = self.lire(id, modalite, annee);
        figure.valeur.filter(|_| figure.statut.est_connu())
    }

    /// Says that a figure is shown.
    pub(crate) fn montrer(&mut self, nom: &'static str, figure: &Figure) {
        self.montrees.push((nom, figure.clone()));
    }

    /// The cell of a figure that is shown.
    pub(crate) fn cellule(&mut self, indicateur: &Indicateur, modalite: &str, annee: i32) -> Cellule {
        let figure = self.lire(indicateur.id, modalite, annee);
        self.cellule_de("", &figure, indicateur)
    }

    /// The cell of a figure that is shown under a name: a sum of communes says how many it has.
    pub(crate) fn cellule_de(
        &mut self,
        nom: &'static str,
        figure: &Figure,
        indicateur: &Indicateur,
    ) -> Cellule {
        // The parts of a commune are no communes.
        let parties = if self.niveau == Niveau::Commune { String::new() } else { look::parties_de(figure) };
        // Said beside the number, it is not said again in the note.
        let dite = if parties.is_empty() { figure.parties } else { figure.parties_attendues };
        self.montrer(nom, &Figure { parties: dite, ..figure.clone() });
        Cellule::chiffre(figure, indicateur).de(parties)
    }

    /// Rows of the sources of a figure that are counted nowhere, and may be of here: they make a zero uncertain.
    pub(crate) fn lignes_non_comptees(&self, figure: &Figure) -> u32 {
        figure.sources.split(';').filter_map(|id| self.contexte.sources.get(id)).map(|s| s.non_comptees).sum()
    }

    /// Takes over what another one has shown.
    pub(crate) fn joindre(&mut self, autre: Self) {
        self.montrees.extend(autre.montrees);
    }

    /// What the reader must know of what was shown.
    pub(crate) fn note(&self) -> String {
        notes(self.montrees.iter().map(|(nom, f)| (*nom, f)), "En italique")
    }

    /// Where what was shown comes from.
    pub(crate) fn source(&self) -> String {
        citer(self.contexte, self.montrees.iter().map(|(_, f)| f))
    }
}
