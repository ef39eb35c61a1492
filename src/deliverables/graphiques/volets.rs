//! Series side by side, each on its own scale from zero: what a double axis would confuse.

use super::cadre::{Panneau, Zone, annees_connues};
use super::courbe::{Courbe, ecrire_les_annees};
use super::phrase;
use super::toile::{Texte, Toile};
use crate::deliverables::look::{self, Couleur, ESPACE_INSECABLE, corps};
use crate::indicators::{Figure, Statut};

/// Space between two panels, mm.
const ECART: f64 = 8.0;
/// Room for the numbers of the axis, mm.
const NOMBRES: f64 = 9.0;

/// One series and its panel.
pub(crate) struct Volet {
    pub(crate) titre: &'static str,
    pub(crate) couleur: Couleur,
    pub(crate) figures: Vec<Figure>,
    /// See [`Courbe::coupee`].
    pub(crate) coupee: bool,
}

impl Volet {
    /// A series of which what is estimated is an estimate of what is counted.
    pub(crate) fn new(titre: &'static str, couleur: Couleur, figures: Vec<Figure>) -> Self {
        Self { titre, couleur, figures, coupee: false }
    }

    /// The years from the first to the last known value.
    pub(crate) fn annees(&self) -> Vec<i32> {
        annees_connues([self.figures.as_slice()])
    }

    /// « 13/15 communes », and the same in short, if each value lacks as many communes.
    fn parties(&self) -> Option<[String; 2]> {
        let dire = |f: &Figure| [look::parties_de(f), look::parties_en_bref(f)];
        let mut connues = self.figures.iter().filter(|f| f.statut.est_connu()).map(dire);
        let premieres = connues.next().filter(|[long, _]| !long.is_empty())?;
        connues.all(|autres| autres == premieres).then_some(premieres)
    }

    /// True if the line is cut somewhere, between what is estimated and what is counted.
    pub(crate) fn est_coupee(&self) -> bool {
        let connues = self.figures.iter().filter(|f| f.statut.est_connu());
        let estimees = connues.clone().filter(|f| f.statut == Statut::Estime).count();
        self.coupee && estimees > 0 && estimees < connues.count()
    }

    /// The figures of those years, each with the name of the series.
    pub(crate) fn figures_de<'a>(&'a self, annees: &'a [i32]) -> impl Iterator<Item = (&'a str, &'a Figure)> {
        self.figures.iter().filter(|f| annees.contains(&f.annee)).map(|f| (self.titre, f))
    }
}

/// Draws the panels, each as wide as its years ask for; gives each series in words.
/// The years of each panel stand beside it; `meme_echelle` gives all panels one scale.
pub(crate) fn tracer(
    toile: &mut Toile,
    zone: Zone,
    volets: &[(&Volet, &[i32])],
    meme_echelle: bool,
) -> Vec<String> {
    let commun = meme_echelle
        .then(|| volets.iter().map(|(v, _)| v.figures.iter().filter_map(|f| f.valeur).fold(0.0, f64::max)))
        .map(|maximums| maximums.fold(0.0, f64::max));
    // A panel of a few years must still hold its title and the names of its years.
    let poids: Vec<f64> = volets.iter().map(|(_, axe)| axe.len().max(11) as f64).collect();
    let total: f64 = poids.iter().sum();
    let libre = zone.largeur() - ECART * (volets.len() as f64 - 1.0);
    let mut gauche = zone.gauche;
    let mut mots = Vec::new();
    for ((volet, axe), poids) in volets.iter().zip(poids) {
        let droite = gauche + libre * poids / total;
        mots.push(tracer_un(toile, Zone { gauche, droite, ..zone }, volet, axe, commun));
        gauche = droite + ECART;
    }
    mots
}

fn tracer_un(toile: &mut Toile, zone: Zone, volet: &Volet, axe: &[i32], commun: Option<f64>) -> String {
    let parties = volet.parties();
    let titre = |parties: &str| {
        let texte = look::avec_parties(volet.titre, parties);
        Texte::new(texte, zone.gauche, zone.haut + 2.4, corps::VALEUR).gras().en(volet.couleur)
    };
    let [long, court] = [0, 1].map(|rang: usize| titre(parties.as_ref().map_or("", |p| p[rang].as_str())));
    toile.texte(if long.largeur() <= zone.largeur() { long } else { court });
    let annees: Vec<i32> = volet.annees();
    let courbe = Courbe {
        serie: &volet.figures,
        axe,
        annees: &annees,
        couleur: volet.couleur,
        parties_dites: parties.is_some(),
        coupee: volet.coupee,
    };
    let interieur =
        Zone { gauche: zone.gauche + NOMBRES, haut: zone.haut + 10.0, bas: zone.bas - 5.0, ..zone };
    let panneau = Panneau::new(interieur, 0.0, commun.unwrap_or_else(|| courbe.maximum())).entier();
    courbe.aire(toile, &panneau);
    panneau.quadriller(toile, |v| look::nombre(v, 0));
    courbe.tracer(toile, &panneau);
    ecrire_les_annees(toile, &panneau, axe);
    phrase(&format!("{}{ESPACE_INSECABLE}: {}", volet.titre, courbe.en_mots()))
}
