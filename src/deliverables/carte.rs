//! Maps of the communes: a choropleth for ratios, proportional circles for counts.
//!
//! The projection is equirectangular, true at the mean latitude of the territory: at the size of an
//! intercommunalité its error stays far under the thickness of a border.

mod atteinte;
mod classes;
mod etiquettes;
mod legende;
mod plan;
mod pochoir;
mod voisinage;

pub(crate) use atteinte::Atteinte;
pub(crate) use classes::{Classes, Methode};
pub(crate) use plan::Plan;
pub(crate) use voisinage::Voisinage;

use super::graphiques::{
    Ancre, HAUTEUR_NUE, Habillage, Image, Legende, Texte, Toile, Zone, decrire, largeur, pt, rectangle,
};
use super::look::{self, Couleur, ESPACE_INSECABLE, Graisse, corps, palette};
use super::{Contexte, ErreurLivrable};
use crate::indicators::{Figure, Indicateur, Niveau, Statut, Unite};
use crate::territory::CommuneGeo;
pub(crate) use etiquettes::Boite;
use etiquettes::{Demande, Placement, Posee};
use geo::{Area, BooleanOps, BoundingRect, Coord, Intersects, MapCoords, MultiPolygon, Rect, coord};
use legende::{Colonne, echelle_et_nord, tramer};

/// Size of a map, mm.
const LARGEUR: f64 = 160.0;
/// Size of a map, mm.
const HAUTEUR: f64 = 120.0;
/// Width of the column of the legend, mm.
const COLONNE: f64 = 37.0;
/// Side of a commune, mm, from which lines have their full width: a border then takes a thirtieth of it.
const COTE_A_PLEIN_TRAIT: f64 = 7.5;
/// Communes that may share the highest or the lowest figure: of more, none is the one that a reader looks for.
const EX_AEQUO: usize = 3;
/// Kilometres in a degree of latitude.
const KM_PAR_DEGRE: f64 = 111.195;

/// What the figure of a commune is worth on a map.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Etat {
    Connu(f64),
    /// Nobody knows: hatched.
    NonDisponible,
    /// Withheld by the source or by us: dotted.
    Secret,
    /// The question makes no sense here: left white.
    SansObjet,
}

/// A commune on the canvas.
struct Trace<'a> {
    commune: &'a CommuneGeo,
    /// Its name with the apostrophe of print; official files have that of typewriters.
    nom: String,
    /// Contour in mm, cut at the frame of the map.
    contour: MultiPolygon<f64>,
    centre: Coord<f64>,
    figure: Option<Figure>,
}

impl Trace<'_> {
    fn etat(&self) -> Etat {
        let Some(figure) = &self.figure else { return Etat::NonDisponible };
        match (figure.statut, figure.valeur) {
            (Statut::Observe | Statut::Estime, Some(valeur)) => Etat::Connu(valeur),
            (Statut::Secret | Statut::SecretSource, _) => Etat::Secret,
            (Statut::SansObjet, _) => Etat::SansObjet,
            _ => Etat::NonDisponible,
        }
    }

    /// Its name and its figure, to be written in it.
    fn demande(&self, indicateur: &'static Indicateur) -> Demande<'_> {
        Demande {
            nom: &self.nom,
            valeur: self.ecrire(indicateur),
            contour: &self.contour,
            centre: self.centre,
            rayon: 0.0,
        }
    }

    fn est_estime(&self) -> bool {
        self.figure.as_ref().is_some_and(|f| f.statut == Statut::Estime)
    }

    fn valeur(&self) -> Option<f64> {
        match self.etat() {
            Etat::Connu(valeur) => Some(valeur),
            _ => None,
        }
    }

    fn ecrire(&self, indicateur: &Indicateur) -> String {
        self.figure.as_ref().map_or_else(|| "n.d.".to_owned(), |f| look::ecrire(f, indicateur))
    }
}

/// What lies within the frame; most neighbours lie wholly out of it, which their bounds tell at once.
fn decouper(contour: &MultiPolygon<f64>, fenetre: &MultiPolygon<f64>) -> MultiPolygon<f64> {
    let cadres = contour.bounding_rect().zip(fenetre.bounding_rect());
    if cadres.is_some_and(|(a, b)| a.intersects(&b)) {
        contour.intersection(fenetre)
    } else {
        MultiPolygon::new(Vec::new())
    }
}

/// The communes laid on the canvas.
struct Fond<'a> {
    cadre: Zone,
    traces: Vec<Trace<'a>>,
    /// Millimetres of canvas in a kilometre.
    mm_par_km: f64,
}

impl<'a> Fond<'a> {
    /// Projects the communes so that the members fill the frame; none if no contour is known.
    fn new(contexte: &'a Contexte<'_>, indicateur: &Indicateur, cadre: Zone) -> Option<Self> {
        let membres = MultiPolygon::new(
            contexte.geographie.membres().flat_map(|c| c.contour.0.iter().cloned()).collect(),
        );
        Some(Self::sur(membres.bounding_rect()?, contexte, indicateur, cadre))
    }

    /// Projects the communes so that a stretch of country (degrees) fills the frame.
    fn sur(emprise: Rect<f64>, contexte: &'a Contexte<'_>, indicateur: &Indicateur, cadre: Zone) -> Self {
        let milieu = emprise.center();
        let (kx, ky) = (KM_PAR_DEGRE * milieu.y.to_radians().cos(), KM_PAR_DEGRE);
        let marge = 3.0;
        let mm_par_km = ((cadre.largeur() - 2.0 * marge) / (emprise.width() * kx))
            .min((cadre.hauteur() - 2.0 * marge) / (emprise.height() * ky));
        let projeter = move |c: Coord<f64>| {
            coord! {
                x: cadre.milieu_x() + (c.x - milieu.x) * kx * mm_par_km,
                y: f64::midpoint(cadre.haut, cadre.bas) - (c.y - milieu.y) * ky * mm_par_km,
            }
        };
        let fenetre = MultiPolygon::from(rectangle(cadre.gauche, cadre.haut, cadre.droite, cadre.bas));
        let traces = contexte
            .geographie
            .communes
            .iter()
            .filter(|commune| touche(commune, projeter, &fenetre))
            .map(|commune| Trace {
                commune,
                nom: commune.nom.replace('\'', "’"),
                contour: decouper(&commune.contour.map_coords(projeter), &fenetre),
                centre: projeter(commune.centre.0),
                figure: figure_de(contexte, commune, indicateur),
            })
            .filter(|t| !t.contour.0.is_empty())
            .collect();
        Self { cadre, traces, mm_par_km }
    }

    fn membres(&self) -> impl Iterator<Item = &Trace<'a>> {
        self.traces.iter().filter(|t| t.commune.membre)
    }

    /// The members in the order in which names take their place: the highest and the lowest figure, which a reader
    /// looks for, then where most children are born, then the largest areas.
    fn par_importance(&self, contexte: &Contexte<'_>) -> Vec<&Trace<'a>> {
        let valeurs = || self.membres().filter_map(Trace::valeur);
        let (bas, haut) = (valeurs().fold(f64::MAX, f64::min), valeurs().fold(f64::MIN, f64::max));
        let rare = |borne: f64| valeurs().filter(|v| v.total_cmp(&borne).is_eq()).count() <= EX_AEQUO;
        let (bas, haut) = (Some(bas).filter(|v| rare(*v)), Some(haut).filter(|v| rare(*v)));
        let est_extreme = |t: &Trace<'_>| t.valeur().is_some_and(|_| [bas, haut].contains(&t.valeur()));
        let naissances = |t: &Trace<'_>| {
            let code = t.commune.code.as_str();
            let serie = contexte.table.serie(Niveau::Commune, code, "naissances", "");
            let derniere = serie.iter().rev().find(|f| f.annee <= contexte.annee && f.statut.est_connu());
            derniere.and_then(|f| f.valeur).unwrap_or(0.0)
        };
        let cle = |t: &'_ Trace<'a>| (est_extreme(t), naissances(t), t.contour.unsigned_area());
        let mut tries: Vec<_> = self.membres().map(|t| (cle(t), t)).collect();
        tries.sort_by(|((extreme, nes, aire), _), ((extreme_b, nes_b, aire_b), _)| {
            extreme_b.cmp(extreme).then(nes_b.total_cmp(nes)).then(aire_b.total_cmp(aire))
        });
        tries.into_iter().map(|(_, trace)| trace).collect()
    }

    /// The width of a line, mm: thinner where communes are so small that borders would hide them.
    fn trait_fin(&self, epaisseur: f64) -> f64 {
        let aire: f64 = self.membres().map(|t| t.contour.unsigned_area()).sum();
        let cote = (aire / self.membres().count().max(1) as f64).sqrt();
        epaisseur * (cote / COTE_A_PLEIN_TRAIT).min(1.0)
    }

    /// Neighbours, then the outline of the territory, then members filled by `remplir` and their borders.
    fn peindre(&self, toile: &mut Toile, remplir: impl Fn(&mut Toile, &Trace<'_>)) {
        let [contour, limite, voisinage] = [0.8, 0.25, 0.15].map(|epaisseur| self.trait_fin(epaisseur));
        for voisine in self.traces.iter().filter(|t| !t.commune.membre) {
            toile.polygones(&voisine.contour, palette::VOISINE);
        }
        for voisine in self.traces.iter().filter(|t| !t.commune.membre) {
            toile.bords(&voisine.contour, palette::VOISINE_BORD, voisinage);
        }
        // Every member gets a thick border which the fills then cover, except around the territory:
        // an outline without a union, hence without the slivers that contours may leave in one.
        for membre in self.membres() {
            toile.bords(&membre.contour, palette::ENCRE_PALE, contour);
        }
        for membre in self.membres() {
            remplir(toile, membre);
        }
        for membre in self.membres() {
            let bord = if matches!(membre.etat(), Etat::Connu(_)) { palette::PAPIER } else { palette::GRIS };
            toile.bords(&membre.contour, bord, limite);
        }
    }

    /// Names of the neighbours, where there is room left, in a voice that does not compete.
    fn nommer_voisines(&self, toile: &mut Toile, placement: &mut Placement) {
        let demandes: Vec<Demande<'_>> = self
            .traces
            .iter()
            .filter(|t| !t.commune.membre)
            .map(|t| Demande {
                nom: &t.nom,
                valeur: String::new(),
                contour: &t.contour,
                centre: t.centre,
                rayon: 0.0,
            })
            .collect();
        for posee in placement.placer(&demandes, false).into_iter().filter(|p| p.lignes.len() < 3) {
            for (x, y, ligne) in posee.lignes_de_base() {
                let texte = Texte::new(ligne, x, y, posee.corps.min(6.0));
                toile.texte(texte.italique().en(palette::TRAME).ancre(Ancre::Milieu));
            }
        }
    }
}

/// True unless a commune is seen at a glance to lie outside the frame.
fn touche(
    commune: &CommuneGeo,
    projeter: impl Fn(Coord<f64>) -> Coord<f64>,
    fenetre: &MultiPolygon<f64>,
) -> bool {
    let Some((emprise, fenetre)) = commune.contour.bounding_rect().zip(fenetre.bounding_rect()) else {
        return false;
    };
    Rect::new(projeter(emprise.min()), projeter(emprise.max())).intersects(&fenetre)
}

fn figure_de(contexte: &Contexte<'_>, commune: &CommuneGeo, indicateur: &Indicateur) -> Option<Figure> {
    contexte.table.figure(Niveau::Commune, commune.code.as_str(), indicateur.id, "", contexte.annee)
}

/// The classes of an indicator, cut from the figures of the communes in every year.
fn classes_de(contexte: &Contexte<'_>, indicateur: &Indicateur) -> Option<Classes> {
    let des_communes = contexte
        .table
        .suivis_de(indicateur.id)
        .filter(|suivi| suivi.modalite().is_empty() && suivi.lieu().niveau == Niveau::Commune);
    let figures = des_communes.flat_map(|suivi| suivi.figures());
    let connues = figures.filter(|f| f.statut.est_connu()).filter_map(|f| f.valeur);
    Classes::de_toutes_les_annees(connues.collect())
}

/// A map to draw: the indicator of the report year, by commune.
pub(crate) struct Carte<'a> {
    pub(crate) nom: &'static str,
    pub(crate) indicateur: &'static Indicateur,
    pub(crate) contexte: &'a Contexte<'a>,
    pub(crate) habillage: Habillage,
    /// True for a slide, which says by itself what a picture of the report has around the map.
    pub(crate) nue: bool,
}

impl Carte<'_> {
    fn toile(&self) -> (Toile, Zone) {
        if self.nue {
            let toile = Toile::new(LARGEUR, HAUTEUR_NUE);
            let zone = Habillage::laisser_nue(&toile);
            return (toile, zone);
        }
        let mut toile = Toile::new(LARGEUR, HAUTEUR);
        let zone = self.habillage.poser(&mut toile);
        (toile, zone)
    }

    /// Ratios: communes coloured by class.
    ///
    /// # Errors
    /// If a library refuses the drawing. None if no contour or no value is known.
    pub(crate) fn choroplethe(self) -> Result<Option<Image>, ErreurLivrable> {
        let (mut toile, zone) = self.toile();
        let Some(fond) = Fond::new(self.contexte, self.indicateur, cadre_de_carte(zone)) else {
            return Ok(None);
        };
        if fond.membres().all(|trace| trace.valeur().is_none()) {
            return Ok(None);
        }
        let Some(classes) = classes_de(self.contexte, self.indicateur) else { return Ok(None) };
        let couleurs = couleurs_de(self.indicateur, &classes);
        let couleur = |trace: &Trace<'_>| trace.valeur().map(|v| couleurs[classes.rang(v)]);
        fond.peindre(&mut toile, |toile, trace| match couleur(trace) {
            Some(couleur) => toile.polygones(&trace.contour, couleur),
            None => tramer(toile, &trace.contour, trace.etat()),
        });
        let ordre = fond.par_importance(self.contexte);
        let demandes: Vec<Demande<'_>> = ordre.iter().map(|t| t.demande(self.indicateur)).collect();
        let mut placement = placement(&fond);
        for posee in placement.placer(&demandes, true) {
            let fond_de =
                couleur(ordre[posee.rang]).filter(|_| posee.filet.is_none()).unwrap_or(palette::PAPIER);
            ecrire_etiquette(&mut toile, &posee, fond_de, ordre[posee.rang].est_estime());
        }
        fond.nommer_voisines(&mut toile, &mut placement);
        let legende = Colonne::new(zone, self.indicateur.libelle, &mut toile);
        legende.classes(&mut toile, &fond, &classes, &couleurs, self.indicateur);
        echelle_et_nord(&mut toile, zone, fond.mm_par_km);
        self.finir(toile, &fond, dire_la_methode(classes.methode))
    }

    /// Counts: circles whose area follows the value.
    ///
    /// # Errors
    /// If a library refuses the drawing. None if no contour or no value is known.
    pub(crate) fn cercles(self) -> Result<Option<Image>, ErreurLivrable> {
        let (mut toile, zone) = self.toile();
        let Some(fond) = Fond::new(self.contexte, self.indicateur, cadre_de_carte(zone)) else {
            return Ok(None);
        };
        let maximum = fond.membres().filter_map(Trace::valeur).fold(0.0, f64::max);
        if maximum <= 0.0 {
            return Ok(None);
        }
        let couleur = self.contexte.apparence.teintes().premiere;
        let sous_les_cercles = fond_de_cercles(couleur);
        let rayon = |valeur: f64| RAYON_MAXIMAL * (valeur / maximum).sqrt();
        fond.peindre(&mut toile, |toile, trace| match trace.etat() {
            Etat::Connu(_) => toile.polygones(&trace.contour, sous_les_cercles),
            etat => tramer(toile, &trace.contour, etat),
        });
        // Large circles first: the small ones stay visible over them.
        let mut ordre: Vec<&Trace<'_>> = fond.membres().collect();
        ordre.sort_by(|a, b| b.valeur().unwrap_or(-1.0).total_cmp(&a.valeur().unwrap_or(-1.0)));
        let mut placement = placement(&fond);
        for trace in &ordre {
            let Some(valeur) = trace.valeur() else { continue };
            let (x, y, r) = (trace.centre.x, trace.centre.y, rayon(valeur));
            toile.disque(x, y, r + 0.25, palette::PAPIER);
            toile.disque(x, y, r, couleur);
            let cote = r * 0.9;
            placement.reserver(Boite { x0: x - cote, y0: y - cote, x1: x + cote, y1: y + cote });
            if tient(&look::nombre(valeur, 0), r) {
                let texte = Texte::new(look::nombre(valeur, 0), x, y, corps::AXE);
                let texte = if trace.est_estime() { texte.italique() } else { texte.gras() };
                toile.texte(texte.en(palette::PAPIER).ancre(Ancre::Milieu).centre_sur(y));
            }
        }
        let demandes: Vec<Demande<'_>> =
            ordre.iter().map(|t| demande_de_cercle(t, self.indicateur, rayon)).collect();
        for posee in placement.placer(&demandes, true) {
            let fond_de =
                if ordre[posee.rang].valeur().is_some() { sous_les_cercles } else { palette::PAPIER };
            ecrire_etiquette(&mut toile, &posee, fond_de, ordre[posee.rang].est_estime());
        }
        fond.nommer_voisines(&mut toile, &mut placement);
        let legende = Colonne::new(zone, self.indicateur.libelle, &mut toile);
        legende.cercles(&mut toile, &fond, maximum, rayon);
        echelle_et_nord(&mut toile, zone, fond.mm_par_km);
        self.finir(toile, &fond, AIRE_DES_CERCLES)
    }

    /// The description lists every commune: names that found no room on the map are read there.
    fn finir(self, toile: Toile, fond: &Fond<'_>, methode: &str) -> Result<Option<Image>, ErreurLivrable> {
        let communes: Vec<String> = fond
            .membres()
            .map(|t| format!("{}{ESPACE_INSECABLE}: {}", t.nom, t.ecrire(self.indicateur)))
            .collect();
        let mots = [format!("{}.", communes.join("\u{202f}; ")), methode.to_owned(), PROJECTION.to_owned()];
        let description = decrire(&self.habillage, &mots);
        toile.terminer(self.nom, Legende { titre: self.habillage.titre, description }).map(Some)
    }
}

/// Ranks that a class may have.
const RANGS: usize = 4;

/// The colour of each class. A rank has its own, whatever others there are: « élevée » is not the darkest where no
/// commune is « très élevée ».
fn couleurs_de(indicateur: &Indicateur, classes: &Classes) -> Vec<Couleur> {
    if indicateur.unite != Unite::Rang {
        return palette::classes(classes.classes.len());
    }
    classes.classes.iter().map(|(bas, ..)| couleur_de_rang(*bas)).collect()
}

fn couleur_de_rang(valeur: f64) -> Couleur {
    let des_rangs = palette::classes(RANGS);
    let sienne = (1_u8..).zip(&des_rangs).find(|(rang, _)| valeur <= f64::from(*rang));
    sienne.map_or(des_rangs[RANGS - 1], |(_, couleur)| *couleur)
}

/// How the classes were cut, under the legend and in the description.
pub(crate) fn dire_la_methode(methode: Methode) -> &'static str {
    match methode {
        Methode::Jenks => "Seuils naturels (méthode de Jenks), les mêmes pour toutes les années.",
        Methode::ParValeur => "Une couleur par valeur.",
    }
}

const AIRE_DES_CERCLES: &str = "L’aire du cercle suit le nombre.";
/// Said in the description only: it changes nothing to how the map is read.
const PROJECTION: &str = "Projection équirectangulaire centrée sur le territoire.";

/// Behind the circles: their colour, washed out.
fn fond_de_cercles(couleur: Couleur) -> Couleur {
    palette::delaver(couleur, 0.14)
}

/// Radius of the largest circle, mm.
const RAYON_MAXIMAL: f64 = 6.5;

fn tient(texte: &str, rayon: f64) -> bool {
    largeur(texte, corps::AXE, Graisse::Gras) < rayon * 1.75 && pt(corps::AXE) < rayon * 1.5
}

fn demande_de_cercle<'a>(
    trace: &'a Trace<'_>,
    indicateur: &Indicateur,
    rayon: impl Fn(f64) -> f64,
) -> Demande<'a> {
    let texte = trace.ecrire(indicateur);
    let rayon = trace.valeur().map_or(0.0, rayon);
    Demande {
        nom: &trace.nom,
        valeur: if tient(&texte, rayon) { String::new() } else { texte },
        contour: &trace.contour,
        centre: trace.centre,
        rayon,
    }
}

fn cadre_de_carte(zone: Zone) -> Zone {
    Zone { droite: zone.droite - COLONNE - 4.0, haut: zone.haut - 1.0, ..zone }
}

fn placement(fond: &Fond<'_>) -> Placement {
    let Zone { gauche, haut, droite, bas } = fond.cadre;
    let cadre = Boite { x0: gauche, y0: haut, x1: droite, y1: bas };
    Placement::new(cadre, &fond.membres().map(|t| &t.contour).collect::<Vec<_>>())
}

/// Name, then value in bold; in italics if the value is an estimate.
fn ecrire_etiquette(toile: &mut Toile, posee: &Posee, fond: Couleur, estime: bool) {
    if let Some((attache, centre)) = posee.filet {
        // Seen on a dark commune as on a light one.
        toile.trait_(vec![attache, centre], palette::PAPIER, 0.55);
        toile.disque(centre.x, centre.y, 0.6, palette::PAPIER);
        toile.trait_(vec![attache, centre], palette::ENCRE_PALE, 0.2);
        toile.disque(centre.x, centre.y, 0.4, palette::ENCRE_PALE);
    }
    let encre = palette::encre_sur(fond);
    let derniere = posee.lignes.len().saturating_sub(1);
    for (rang, (x, y, ligne)) in posee.lignes_de_base().enumerate() {
        let texte = Texte::new(ligne, x, y, posee.corps).en(encre).ancre(Ancre::Milieu).halo(fond);
        toile.texte(match (posee.a_valeur && rang == derniere, estime) {
            (true, true) => texte.italique(),
            (true, false) => texte.gras(),
            (false, _) => texte,
        });
    }
}

#[cfg(test)]
#[allow(clippy::print_stderr)]
pub(in crate::deliverables) mod tests {
    use super::*;
    use crate::deliverables::graphiques::dessiner;
    use crate::deliverables::graphiques::essai::Essai;
    use crate::territory::Geographie;
    use geo::InteriorPoint;

    #[test]
    fn la_legende_explique_chaque_trame() {
        let image = dessiner("carte-places-pour-100", &Essai::new().contexte()).unwrap().unwrap();
        let textes: Vec<String> = image.textes().into_iter().map(|t| t.0).collect();
        for attendu in ["n.d.\u{a0}: non disponible", "s.\u{a0}: non diffusé", "5\u{a0}km", "N"] {
            assert!(textes.iter().any(|t| t == attendu), "{attendu} : {textes:?}");
        }
        assert!(textes.iter().any(|t| t.contains("Jenks")));
        let description = &image.legende.description;
        assert!(description.contains("Grand’Lande\u{a0}: s.") && description.contains("Maché\u{a0}: n.d."));
        assert!(description.contains("Palluau\u{a0}: 140,2"), "{description}");
        assert!(description.contains("méthode de Jenks") && description.contains("équirectangulaire"));
    }

    #[test]
    fn un_rang_garde_sa_couleur_sans_les_autres() {
        let tension = crate::indicators::indicateur("tension").unwrap();
        let couleur = |rangs: &[f64], rang: f64| {
            let classes = Classes::new(rangs).unwrap();
            couleurs_de(tension, &classes)[classes.rang(rang)]
        };
        assert_eq!(couleur(&[1.0, 2.0, 3.0], 3.0), couleur(&[1.0, 2.0, 3.0, 4.0], 3.0));
        assert_ne!(couleur(&[1.0, 3.0], 3.0), couleur(&[1.0, 4.0], 4.0));
        assert_eq!(look::nom_de_rang(3.0), Some("élevée"));
        assert_eq!(look::nom_de_rang(5.0), None);
    }

    /// Where names lack room, those that a reader looks for have theirs first.
    #[test]
    fn les_extremes_puis_les_grandes_communes_sont_nommes_d_abord() {
        let essai = Essai::new();
        let contexte = essai.contexte();
        let cadre = Zone { gauche: 0.0, haut: 0.0, droite: 110.0, bas: 90.0 };
        let ratio = crate::indicators::indicateur("places_pour_100").unwrap();
        let fond = Fond::new(&contexte, ratio, cadre).unwrap();
        let ordre = fond.par_importance(&contexte);
        let mut extremes: Vec<Option<f64>> = ordre[..2].iter().map(|t| t.valeur()).collect();
        extremes.sort_by(|a, b| a.partial_cmp(b).unwrap());
        assert_eq!(extremes, [Some(45.5), Some(140.2)]);
        assert_eq!(ordre[2].commune.code.to_string(), Essai::CONNUE, "où il naît le plus d’enfants");
    }

    /// Borders must not hide the communes of a country.
    #[test]
    fn les_traits_s_affinent_avec_la_taille_des_communes() {
        let cadre = Zone { gauche: 0.0, haut: 0.0, droite: 110.0, bas: 90.0 };
        let trait_de = |cote: i32| {
            let pas = 1.0 / f64::from(cote);
            let commune = |n: i32| {
                let (x, y) = (f64::from(n % cote) * pas, 46.0 + f64::from(n / cote) * pas);
                let contour: MultiPolygon<f64> = rectangle(x, y, x + pas, y + pas).into();
                let centre = contour.interior_point().unwrap();
                let code = format!("{:05}", 10_001 + n).parse().unwrap();
                CommuneGeo { code, nom: format!("Commune {n}"), contour, centre, membre: true }
            };
            let mut essai = Essai::new();
            essai.geographie = Geographie { communes: (0..cote * cote).map(commune).collect() };
            let contexte = essai.contexte();
            let indicateur = crate::indicators::indicateur("naissances").unwrap();
            Fond::new(&contexte, indicateur, cadre).unwrap().trait_fin(0.25)
        };
        let (quinze, departement, pays) = (trait_de(4), trait_de(30), trait_de(180));
        assert!((quinze - 0.25).abs() < 1e-9, "{quinze}");
        assert!(departement < 0.12 && departement > 0.05, "{departement}");
        // Communes of less than half a millimetre.
        assert!(pays < 0.02, "{pays}");
    }

    /// Real contours: bays, islands of a commune in another, small communes beside large ones.
    #[test]
    fn une_vraie_carte_reste_lisible() {
        let Some(geographie) = vie_et_boulogne() else { return };
        let mut essai = Essai::new();
        essai.geographie = geographie;
        for nom in ["carte-places-pour-100", "carte-naissances"] {
            let image = dessiner(nom, &essai.contexte()).unwrap().unwrap();
            image.verifier_les_textes();
        }
    }

    /// Fifteen communes in the middle of the Vendée and those around, under the codes of the essay.
    pub(in crate::deliverables) fn vie_et_boulogne() -> Option<Geographie> {
        const MEMBRES: [&str; 15] = [
            "Aizenay",
            "Apremont",
            "Beaufou",
            "Bellevigny",
            "Falleron",
            "Grand'Landes",
            "La Chapelle-Palluau",
            "La Genétouze",
            "Le Poiré-sur-Vie",
            "Les Lucs-sur-Boulogne",
            "Maché",
            "Palluau",
            "Saint-Denis-la-Chevasse",
            "Saint-Étienne-du-Bois",
            "Saint-Paul-Mont-Penit",
        ];
        let chemin =
            concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/contours/communes-85-vendee.geojson");
        let Ok(texte) = std::fs::read_to_string(chemin) else {
            eprintln!("SAUTÉ : {chemin} manque");
            return None;
        };
        let collection: ::geojson::FeatureCollection = texte.parse().unwrap();
        let mut communes: Vec<CommuneGeo> = collection
            .features
            .into_iter()
            .map(|feature| {
                let propriete = |nom: &str| feature.property(nom).unwrap().as_str().unwrap().to_owned();
                let (code, nom) = (propriete("code"), propriete("nom"));
                let contour = match geo::Geometry::try_from(feature.geometry.unwrap()).unwrap() {
                    geo::Geometry::Polygon(p) => MultiPolygon::from(p),
                    geo::Geometry::MultiPolygon(m) => m,
                    autre => panic!("{autre:?}"),
                };
                // The file leaves the articles out.
                let sans_article =
                    |m: &str| ["La ", "Le ", "Les "].iter().find_map(|a| m.strip_prefix(a)) == Some(&nom);
                let rang = MEMBRES.iter().position(|m| *m == nom || sans_article(m));
                let nom = rang.map_or(nom.clone(), |r| MEMBRES[r].replace('\'', "’"));
                let code = rang.map_or(code, |rang| format!("859{:02}", rang + 1)).parse().unwrap();
                let centre = contour.interior_point().unwrap();
                CommuneGeo { code, nom, contour, centre, membre: rang.is_some() }
            })
            .collect();
        communes.sort_by_key(|c| c.code);
        let geographie = Geographie { communes };
        assert_eq!(geographie.membres().count(), MEMBRES.len());
        Some(geographie)
    }
}
