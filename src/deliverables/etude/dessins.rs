//! The charts of a study: before and after by commune, and what moves the conclusion.

use super::phrases;
use crate::deliverables::ErreurLivrable;
use crate::deliverables::graphiques::{Ancre, Image, Legende, Texte, Toile, Zone, largeur};
use crate::deliverables::look::{self, Couleur, ESPACE_INSECABLE, Graisse, corps, palette};
use crate::etude::{Etude, Hypothese, Issue, MOITIE, TypeProjet, arrondir};

/// Width of the charts, mm.
const LARGEUR: f64 = 178.0;
/// Room for the names at the left, mm.
const NOMS: f64 = 54.0;
/// Height of a row, mm.
const RANGEE: f64 = 5.6;
/// Communes that a chart holds: the nearest.
const COMMUNES: usize = 12;

/// A horizontal scale.
struct Echelle {
    gauche: f64,
    droite: f64,
    minimum: f64,
    maximum: f64,
}

impl Echelle {
    /// Holds every value, with air at both ends; none if there is no value.
    fn new(gauche: f64, droite: f64, valeurs: &[f64]) -> Option<Self> {
        let echelle = Self::relative(gauche, droite, valeurs)?;
        Some(Self { minimum: echelle.minimum.max(0.0), ..echelle })
    }

    /// The same for values that may be negative.
    fn relative(gauche: f64, droite: f64, valeurs: &[f64]) -> Option<Self> {
        let (bas, haut) = valeurs.iter().fold((f64::MAX, f64::MIN), |(b, h), v| (b.min(*v), h.max(*v)));
        let air = ((haut - bas) * 0.12).max(1.0);
        (!valeurs.is_empty()).then_some(Self { gauche, droite, minimum: bas - air, maximum: haut + air })
    }

    fn x(&self, valeur: f64) -> f64 {
        let part = (valeur - self.minimum) / (self.maximum - self.minimum);
        self.gauche + part * (self.droite - self.gauche)
    }

    /// Round graduations, four to eight of them.
    fn graduations(&self) -> Vec<f64> {
        let etendue = self.maximum - self.minimum;
        let pas = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0];
        let pas = pas.into_iter().find(|pas| etendue / pas <= 8.0).unwrap_or(5000.0);
        let mut graduations = Vec::new();
        let mut valeur = (self.minimum / pas).ceil() * pas;
        while valeur <= self.maximum {
            graduations.push(valeur);
            valeur += pas;
        }
        graduations
    }

    fn quadriller(&self, toile: &mut Toile, zone: Zone) {
        for graduation in self.graduations() {
            let x = self.x(graduation);
            toile.segment((x, zone.haut), (x, zone.bas), palette::GRILLE, 0.15);
            let texte = Texte::new(look::nombre(graduation, 0), x, zone.bas + 3.6, corps::AXE);
            toile.texte(texte.pale().ancre(Ancre::Milieu));
        }
    }

    /// What is compared with, dashed, named at the top.
    fn repere(&self, toile: &mut Toile, zone: Zone, valeur: f64, texte: &str) {
        let x = self.x(valeur);
        toile.tirets((x, zone.haut), (x, zone.bas), palette::ENCRE_PALE, 0.35);
        let mesure = largeur(texte, corps::NOTE, Graisse::Italique);
        let ancre = if x + mesure / 2.0 > LARGEUR - 1.0 {
            Ancre::Fin
        } else if x - mesure / 2.0 < 1.0 {
            Ancre::Debut
        } else {
            Ancre::Milieu
        };
        toile.texte(Texte::new(texte, x, zone.haut - 1.2, corps::NOTE).italique().pale().ancre(ancre));
    }
}

/// One commune of the first chart.
struct Rangee {
    nom: String,
    sans: f64,
    avec: f64,
    moitie: f64,
}

/// Places within reach before and after, by commune; none if no commune has a value.
///
/// # Errors
/// If a library refuses the drawing.
pub(super) fn avant_apres(etude: &Etude<'_>) -> Result<Option<Image>, ErreurLivrable> {
    let rangees: Vec<Rangee> = etude
        .entourage
        .voisines
        .iter()
        .filter_map(|v| {
            let ligne = &etude.evaluation.lignes[v.rang];
            Some(Rangee {
                nom: etude.terrain.communes[v.rang].nom.clone(),
                sans: ligne.sans.acces.connu()?,
                avec: ligne.avec[0].acces.connu()?,
                moitie: ligne.avec[MOITIE].acces.connu()?,
            })
        })
        .take(COMMUNES)
        .collect();
    let repere = etude.evaluation.ensemble.sans.acces.connu();
    let valeurs: Vec<f64> = rangees.iter().flat_map(|r| [r.sans, r.avec, r.moitie]).chain(repere).collect();
    let Some(echelle) = Echelle::new(NOMS + 4.0, LARGEUR - 12.0, &valeurs) else { return Ok(None) };
    let haut = 11.0;
    let bas = haut + RANGEE * rangees.len() as f64;
    let zone = Zone { gauche: NOMS, haut, droite: LARGEUR, bas };
    let mut toile = Toile::new(LARGEUR, bas + 6.0);
    cles(&mut toile, etude.evaluation.projet.genre);
    echelle.quadriller(&mut toile, zone);
    if let Some(repere) = repere {
        let texte = format!("ensemble du territoire{ESPACE_INSECABLE}: {}", look::nombre(repere, 1));
        echelle.repere(&mut toile, zone, repere, &texte);
    }
    for (numero, rangee) in rangees.iter().enumerate() {
        tracer(&mut toile, &echelle, rangee, haut + RANGEE * (numero as f64 + 0.5), numero == 0);
    }
    let mots: Vec<String> = rangees
        .iter()
        .map(|r| {
            let nombre = |v: f64| look::nombre(v, 1);
            format!(
                "{}{ESPACE_INSECABLE}: {} sans le projet, {} avec, {} si {}",
                r.nom,
                nombre(r.sans),
                nombre(r.avec),
                nombre(r.moitie),
                phrases::moitie(etude.evaluation.projet.genre)
            )
        })
        .collect();
    let legende = Legende {
        titre: "Places accessibles pour 100\u{a0}enfants, sans et avec le projet".to_owned(),
        description: format!("{}.", mots.join("\u{202f}; ")),
    };
    toile.terminer("etude-avant-apres", legende).map(Some)
}

/// Colour and radius of the three marks: today, with the project, with half of it in place of childminders.
const MARQUES: [(Couleur, f64); 3] = [(palette::AXE, 1.25), (palette::BLEU, 1.5), (palette::ORANGE, 1.0)];

fn cles(toile: &mut Toile, genre: TypeProjet) {
    let moitie = format!("avec le projet, si {}", phrases::moitie(genre));
    let mut x = 1.5;
    for ((couleur, rayon), nom) in MARQUES.into_iter().zip(["aujourd’hui", "avec le projet", &moitie]) {
        toile.disque(x, 3.0, rayon, couleur);
        toile.texte(Texte::new(nom, x + 2.6, 3.0, corps::NOTE).centre_sur(3.0));
        x += 8.0 + largeur(nom, corps::NOTE, Graisse::Normal);
    }
}

fn tracer(toile: &mut Toile, echelle: &Echelle, rangee: &Rangee, y: f64, ici: bool) {
    let nom = Texte::new(abreger(&rangee.nom, NOMS - 2.0), 0.5, y, corps::AXE).centre_sur(y);
    toile.texte(if ici { nom.gras() } else { nom });
    let points = [rangee.sans, rangee.avec, rangee.moitie].map(|v| echelle.x(v));
    toile.segment((points[0], y), (points[1], y), palette::BLEU_CLAIR, 0.6);
    for (x, (couleur, rayon)) in points.iter().zip(MARQUES) {
        toile.disque(*x, y, rayon, couleur);
    }
    let bout = points.iter().copied().fold(0.0, f64::max);
    let ecart = arrondir(arrondir(rangee.avec) - arrondir(rangee.sans));
    let texte = look::ecart(ecart, 1);
    let texte = Texte::new(texte, bout + 2.6, y, corps::NOTE).en(palette::BLEU).centre_sur(y);
    // On paper: the line of the territory would strike it through.
    toile.rectangle(bout + 2.2, y - 1.3, bout + 3.0 + texte.largeur(), y + 1.3, palette::PAPIER);
    toile.texte(texte);
}

/// A name that holds in so many mm.
fn abreger(nom: &str, maximum: f64) -> String {
    if largeur(nom, corps::AXE, Graisse::Gras) <= maximum {
        return nom.to_owned();
    }
    let mut court: String = nom.to_owned();
    while largeur(&court, corps::AXE, Graisse::Gras) > maximum - 2.0 && court.pop().is_some() {}
    format!("{}…", court.trim_end_matches(['-', ' ']))
}

/// What each assumption makes of the gap between the commune of the project and the territory, each under that
/// assumption; none if it has no value.
///
/// # Errors
/// If a library refuses the drawing.
pub(super) fn tornade(etude: &Etude<'_>) -> Result<Option<Image>, ErreurLivrable> {
    let sensibilite = &etude.sensibilite;
    let Some(avec) = sensibilite.reference.avec.ecart() else { return Ok(None) };
    let issues = || sensibilite.hypotheses.iter().flat_map(|h| &h.bornes).map(|b| b.issue);
    let valeurs: Vec<f64> = issues().filter_map(Issue::ecart).chain([avec, 0.0]).collect();
    let Some(echelle) = Echelle::relative(NOMS + 38.0, LARGEUR - 38.0, &valeurs) else { return Ok(None) };
    let (haut, pas) = (10.0, 7.0);
    let bas = haut + pas * sensibilite.hypotheses.len() as f64;
    let zone = Zone { gauche: NOMS, haut, droite: LARGEUR, bas };
    let mut toile = Toile::new(LARGEUR, bas + 6.0);
    echelle.quadriller(&mut toile, zone);
    echelle.repere(&mut toile, zone, 0.0, "au niveau de l’ensemble du territoire");
    for (numero, hypothese) in sensibilite.hypotheses.iter().enumerate() {
        barre(&mut toile, &echelle, hypothese, avec, haut + pas * (numero as f64 + 0.5));
    }
    let x = echelle.x(avec);
    toile.segment((x, haut), (x, bas), palette::BLEU, 0.5);
    let texte = format!("avec le projet{ESPACE_INSECABLE}: {}", look::ecart(avec, 1));
    toile.texte(Texte::new(texte, x, 3.4, corps::NOTE).gras().en(palette::BLEU).ancre(Ancre::Milieu));
    let mots: Vec<String> = sensibilite.hypotheses.iter().map(en_mots).collect();
    let legende = Legende {
        titre: "Ce que chaque hypothèse change à l’écart entre la commune et l’ensemble du territoire"
            .to_owned(),
        description: format!(
            "Écart entre les places accessibles pour 100 enfants de la commune et celles du territoire, {} avec le projet. {}.",
            look::ecart(avec, 1),
            mots.join("\u{202f}; ")
        ),
    };
    toile.terminer("etude-tornade", legende).map(Some)
}

fn en_mots(hypothese: &Hypothese) -> String {
    let ecrire = |i: Issue| i.ecart().map_or_else(|| "n.d.".to_owned(), |v| look::ecart(v, 1));
    let bornes: Vec<String> =
        hypothese.bornes.iter().map(|b| format!("{}, {}", b.libelle, ecrire(b.issue))).collect();
    format!("{}{ESPACE_INSECABLE}: {}", hypothese.libelle, bornes.join(", "))
}

/// The bars of an assumption on both sides of the reference, with what is supposed at each end.
fn barre(toile: &mut Toile, echelle: &Echelle, hypothese: &Hypothese, avec: f64, y: f64) {
    let nom = Texte::new(abreger(hypothese.libelle, NOMS), 0.5, y, corps::AXE).centre_sur(y);
    toile.texte(if hypothese.change { nom.gras() } else { nom });
    let zero = echelle.x(avec);
    let mut bouts: Vec<(f64, &str)> =
        hypothese.bornes.iter().filter_map(|b| Some((b.issue.ecart()?, b.libelle.as_str()))).collect();
    // The longer bar first: where both are on one side, the shorter is seen on it, thin and pale.
    bouts.sort_by(|a, b| (b.0 - avec).abs().total_cmp(&(a.0 - avec).abs()));
    for (rang, (valeur, _)) in bouts.iter().enumerate() {
        let x = echelle.x(*valeur);
        let couleur = if *valeur < avec { palette::ORANGE } else { palette::BLEU };
        let dessus = bouts[..rang].iter().any(|autre| (autre.0 < avec) == (*valeur < avec));
        let (epaisseur, couleur) =
            if dessus { (1.0, palette::delaver(couleur, 0.55)) } else { (1.9, couleur) };
        toile.rectangle(zero.min(x), y - epaisseur, zero.max(x), y + epaisseur, couleur);
    }
    ecrire_les_bouts(toile, echelle, &bouts, avec, y);
}

/// What is supposed at each end, beside its bar; both at once where they are on the same side.
fn ecrire_les_bouts(toile: &mut Toile, echelle: &Echelle, bouts: &[(f64, &str)], avec: f64, y: f64) {
    let zero = echelle.x(avec);
    for a_gauche in [true, false] {
        let textes: Vec<String> = bouts
            .iter()
            .filter(|(valeur, _)| (*valeur < avec) == a_gauche)
            .map(|(valeur, libelle)| format!("{libelle}{ESPACE_INSECABLE}: {}", look::ecart(*valeur, 1)))
            .collect();
        if textes.is_empty() {
            continue;
        }
        let extremes = bouts.iter().map(|b| echelle.x(b.0)).chain([zero]);
        let x = if a_gauche { extremes.fold(f64::MAX, f64::min) } else { extremes.fold(f64::MIN, f64::max) };
        let (x, ancre) = if a_gauche { (x - 1.2, Ancre::Fin) } else { (x + 1.2, Ancre::Debut) };
        let interligne = 2.6;
        let haut = y - interligne * (textes.len() as f64 - 1.0) / 2.0;
        for (rang, texte) in textes.into_iter().enumerate() {
            let ligne = haut + interligne * rang as f64;
            // On paper: the line of the territory would strike it through.
            let mesure = largeur(&texte, corps::NOTE, Graisse::Normal);
            let (de, a) = if a_gauche { (x - mesure, x) } else { (x, x + mesure) };
            toile.rectangle(de - 0.6, ligne - 1.3, a + 0.6, ligne + 1.3, palette::PAPIER);
            toile.texte(Texte::new(texte, x, ligne, corps::NOTE).ancre(ancre).centre_sur(ligne));
        }
    }
}
