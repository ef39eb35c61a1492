//! What accessibility depends on: how long a trip takes, and how much a place is worth at the end of it.

use serde::{Deserialize, Serialize};

/// The weight below which the decay is taken for nothing.
const POIDS_NEGLIGEABLE: f64 = 0.01;

/// Up to so many minutes (included), a place counts for so much.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Palier {
    /// Longest trip of the step, in minutes.
    pub minutes: f64,
    /// What a place is worth there, above 0 and at most 1.
    pub poids: f64,
}

/// `[parametres.accessibilite]`: weights by travel time, and travel times where no table gives them.
///
/// The weights of the steps are those of the enhanced two-step method (Luo and Qi, *Health & Place*, 2009: 1,
/// 0.68, 0.22). Its times are those of a visit to a doctor, 10, 20 and 30 minutes; a child is taken and fetched
/// every working day, four trips, on the way to work as a rule: the default is 10, 15 and 20 minutes, and
/// nothing beyond. No survey of the territory says so: [`super::sensibilite`] tells what it changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Declares")]
pub struct ParametresAccessibilite {
    /// Steps, by growing time and falling weight. Ignored if there is a decay.
    pub paliers: Vec<Palier>,
    /// Decay in place of steps: the time, in minutes, after which a place is worth half.
    pub decroissance_minutes: Option<f64>,
    /// Mean speed on the road, km/h.
    pub vitesse_km_h: f64,
    /// Length of the road for one kilometre as the crow flies.
    pub detour: f64,
}

/// The parameters as a pipeline writes them, not yet checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Declares {
    paliers: Vec<Palier>,
    decroissance_minutes: Option<f64>,
    vitesse_km_h: f64,
    detour: f64,
}

impl Default for ParametresAccessibilite {
    fn default() -> Self {
        let paliers = [(10.0, 1.0), (15.0, 0.68), (20.0, 0.22)];
        Self {
            paliers: paliers.map(|(minutes, poids)| Palier { minutes, poids }).to_vec(),
            decroissance_minutes: None,
            vitesse_km_h: 40.0,
            detour: 1.3,
        }
    }
}

impl Default for Declares {
    fn default() -> Self {
        let ParametresAccessibilite { paliers, decroissance_minutes, vitesse_km_h, detour } =
            ParametresAccessibilite::default();
        Self { paliers, decroissance_minutes, vitesse_km_h, detour }
    }
}

impl TryFrom<Declares> for ParametresAccessibilite {
    type Error = String;

    fn try_from(declares: Declares) -> Result<Self, String> {
        let Declares { paliers, decroissance_minutes, vitesse_km_h, detour } = declares;
        let positif = |nom: &str, valeur: f64| {
            let bon = valeur.is_finite() && valeur > 0.0;
            bon.then_some(()).ok_or_else(|| format!("« {nom} » doit être un nombre plus grand que zéro"))
        };
        positif("vitesse_km_h", vitesse_km_h)?;
        if !(1.0..=10.0).contains(&detour) {
            return Err("« detour » va de 1 (en ligne droite) à 10".to_owned());
        }
        if let Some(minutes) = decroissance_minutes {
            positif("decroissance_minutes", minutes)?;
        }
        let croissants = paliers.windows(2).all(|p| p[0].minutes < p[1].minutes && p[0].poids >= p[1].poids);
        let bornes = paliers
            .iter()
            .all(|p| p.minutes.is_finite() && p.minutes >= 0.0 && p.poids > 0.0 && p.poids <= 1.0);
        if paliers.is_empty() || !croissants || !bornes {
            return Err(
                "« paliers » va du plus court temps au plus long, avec des poids de 1 à 0 qui n’augmentent pas"
                    .to_owned(),
            );
        }
        Ok(Self { paliers, decroissance_minutes, vitesse_km_h, detour })
    }
}

impl ParametresAccessibilite {
    /// What a place is worth after a trip of so many minutes, from 0 to 1. Decay: ½ to the power of the square
    /// of the time over that of half the worth (a Gaussian), nothing under one hundredth.
    pub fn poids(&self, minutes: f64) -> f64 {
        match self.decroissance_minutes {
            Some(_) if minutes > self.portee() => 0.0,
            Some(moitie) => 0.5f64.powf((minutes / moitie).powi(2)),
            None => self.paliers.iter().find(|p| minutes <= p.minutes).map_or(0.0, |p| p.poids),
        }
    }

    /// The longest trip that counts, in minutes.
    pub fn portee(&self) -> f64 {
        match self.decroissance_minutes {
            Some(moitie) => moitie * (-POIDS_NEGLIGEABLE.log2()).sqrt(),
            None => self.paliers.last().map_or(0.0, |p| p.minutes),
        }
    }

    /// Minutes of a trip of so many kilometres as the crow flies.
    pub fn minutes(&self, kilometres: f64) -> f64 {
        kilometres * self.detour / self.vitesse_km_h * 60.0
    }

    /// Kilometres as the crow flies that a trip of so many minutes covers.
    pub(super) fn kilometres(&self, minutes: f64) -> f64 {
        minutes / 60.0 * self.vitesse_km_h / self.detour
    }

    /// The parameters in one French sentence, for the pages that print the figures.
    pub fn phrase(&self) -> String {
        let nombre = |valeur: f64| valeur.to_string().replace('.', ",");
        let poids = if let Some(moitie) = self.decroissance_minutes {
            format!(
                "une place compte de moins en moins avec le temps de trajet, pour moitié à {}\u{a0}minutes et pour rien au-delà de {:.0}",
                nombre(moitie),
                self.portee()
            )
        } else {
            let paliers: Vec<String> = self
                .paliers
                .iter()
                .map(|p| format!("{} jusqu’à {}\u{a0}minutes", nombre(p.poids), nombre(p.minutes)))
                .collect();
            format!("une place compte pour {}, et pour rien au-delà", paliers.join(", "))
        };
        format!(
            "{poids}\u{202f}; sans temps de trajet donné, la distance à vol d’oiseau est multipliée par {} et parcourue à {}\u{a0}km/h",
            nombre(self.detour),
            nombre(self.vitesse_km_h)
        )
    }
}

#[cfg(test)]
#[allow(clippy::float_cmp)] // exact figures are the promise
mod tests {
    use super::*;

    #[test]
    fn les_paliers_par_defaut() {
        let parametres = ParametresAccessibilite::default();
        for (minutes, attendu) in
            [(0.0, 1.0), (10.0, 1.0), (10.1, 0.68), (15.0, 0.68), (20.0, 0.22), (20.1, 0.0)]
        {
            assert_eq!(parametres.poids(minutes), attendu, "{minutes} minutes");
        }
        // 10 km as the crow flies, 13 on the road, at 40 km/h.
        assert_eq!(parametres.minutes(10.0), 19.5);
        assert!((parametres.kilometres(19.5) - 10.0).abs() < 1e-12);
    }

    #[test]
    fn la_decroissance_vaut_la_moitie_a_son_temps_et_rien_tout_au_bout() {
        let decroissance = ParametresAccessibilite {
            decroissance_minutes: Some(12.0),
            ..ParametresAccessibilite::default()
        };
        assert_eq!((decroissance.poids(0.0), decroissance.poids(12.0)), (1.0, 0.5));
        assert!(decroissance.poids(decroissance.portee()) >= 0.0099);
        assert_eq!(decroissance.poids(decroissance.portee() + 0.1), 0.0);
    }

    #[test]
    fn des_parametres_absurdes_sont_refuses_en_francais() {
        for (texte, attendu) in [
            ("vitesse_km_h = 0", "vitesse_km_h"),
            ("detour = 0.5", "detour"),
            ("decroissance_minutes = -3", "decroissance_minutes"),
            ("paliers = []", "paliers"),
            ("paliers = [{ minutes = 10, poids = 0.5 }, { minutes = 20, poids = 1 }]", "paliers"),
            ("paliers = [{ minutes = 10, poids = 2 }]", "paliers"),
            ("vitesse = 40", "vitesse"),
        ] {
            let message = toml::from_str::<ParametresAccessibilite>(texte).unwrap_err().to_string();
            assert!(message.contains(attendu), "{texte} : {message}");
        }
        assert_eq!(toml::from_str::<ParametresAccessibilite>("detour = 1.5").unwrap().detour, 1.5);
    }
}
