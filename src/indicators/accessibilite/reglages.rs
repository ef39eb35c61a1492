//! What accessibility depends on: how long a trip takes, and how much a place is worth at the end of it.

use serde::{Deserialize, Serialize};

/// The weight below which the decay is taken for nothing.
const POIDS_NEGLIGEABLE: f64 = 0.01;

/// The weights of the steps of the enhanced two-step method.
const POIDS_DES_PALIERS: [f64; 3] = [1.0, 0.68, 0.22];

/// Up to so many minutes (included), a place counts for so much.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Palier {
    /// Longest trip of the step, in minutes.
    pub minutes: f64,
    /// What a place is worth there, above 0 and at most 1.
    pub poids: f64,
}

/// How a place counts for less as the trip is longer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Attenuation {
    /// Steps, by growing time and falling weight; nothing beyond the last one.
    Paliers(Vec<Palier>),
    /// ½ to the power of the square of the time over this one, in minutes, after which a place is worth half (a
    /// Gaussian); nothing under one hundredth.
    Decroissance(f64),
}

/// `[parametres.accessibilite]`: weights by travel time, and travel times where no table gives them.
///
/// By default the weights fall steadily, half at 10 minutes: a child is taken and fetched every working day, four trips,
/// on the way to work as a rule. No survey of the territory says so: [`super::sensibilite`] tells what it changes. Times
/// worked out from distances are not known to the minute, and with steps a commune that stands a hundred metres farther
/// can lose half of what it reaches: steps (those of the enhanced two-step method, Luo and Qi, *Health & Place*, 2009,
/// weigh 1, 0.68 and 0.22) are for who asks for them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Declares")]
pub struct ParametresAccessibilite {
    /// What a place is worth after a trip.
    pub attenuation: Attenuation,
    /// Mean speed on the road, km/h.
    pub vitesse_km_h: f64,
    /// Length of the road for one kilometre as the crow flies.
    pub detour: f64,
}

/// The parameters as a pipeline writes them, not yet checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Declares {
    paliers: Option<Vec<Palier>>,
    decroissance_minutes: Option<f64>,
    vitesse_km_h: Option<f64>,
    detour: Option<f64>,
}

impl Default for ParametresAccessibilite {
    fn default() -> Self {
        Self { attenuation: Attenuation::Decroissance(10.0), vitesse_km_h: 40.0, detour: 1.3 }
    }
}

impl TryFrom<Declares> for ParametresAccessibilite {
    type Error = String;

    fn try_from(declares: Declares) -> Result<Self, String> {
        let defaut = Self::default();
        let vitesse_km_h = declares.vitesse_km_h.unwrap_or(defaut.vitesse_km_h);
        let detour = declares.detour.unwrap_or(defaut.detour);
        let positif = |nom: &str, valeur: f64| {
            let bon = valeur.is_finite() && valeur > 0.0;
            bon.then_some(()).ok_or_else(|| format!("« {nom} » doit être un nombre plus grand que zéro"))
        };
        positif("vitesse_km_h", vitesse_km_h)?;
        if !(1.0..=10.0).contains(&detour) {
            return Err("« detour » va de 1 (en ligne droite) à 10".to_owned());
        }
        let attenuation = match (declares.paliers, declares.decroissance_minutes) {
            (None, None) => defaut.attenuation,
            (None, Some(moitie)) => {
                positif("decroissance_minutes", moitie)?;
                Attenuation::Decroissance(moitie)
            }
            (Some(paliers), None) => Attenuation::Paliers(verifier(paliers)?),
            (Some(_), Some(_)) => {
                return Err(
                    "« paliers » et « decroissance_minutes » disent la même chose de deux façons : gardez \
                            l’un des deux"
                        .to_owned(),
                );
            }
        };
        Ok(Self { attenuation, vitesse_km_h, detour })
    }
}

fn verifier(paliers: Vec<Palier>) -> Result<Vec<Palier>, String> {
    let croissants = paliers.windows(2).all(|p| p[0].minutes < p[1].minutes && p[0].poids >= p[1].poids);
    let bornes =
        paliers.iter().all(|p| p.minutes.is_finite() && p.minutes >= 0.0 && p.poids > 0.0 && p.poids <= 1.0);
    if paliers.is_empty() || !croissants || !bornes {
        return Err(
            "« paliers » va du plus court temps au plus long, avec des poids de 1 à 0 qui n’augmentent pas"
                .to_owned(),
        );
    }
    Ok(paliers)
}

impl ParametresAccessibilite {
    /// The same with the three weights of the enhanced two-step method, up to these times.
    #[must_use]
    pub fn par_paliers(self, minutes: [f64; 3]) -> Self {
        let paliers = minutes.into_iter().zip(POIDS_DES_PALIERS);
        let paliers = paliers.map(|(minutes, poids)| Palier { minutes, poids }).collect();
        Self { attenuation: Attenuation::Paliers(paliers), ..self }
    }

    /// What a place is worth after a trip of so many minutes, from 0 to 1.
    pub fn poids(&self, minutes: f64) -> f64 {
        match &self.attenuation {
            Attenuation::Decroissance(_) if minutes > self.portee() => 0.0,
            Attenuation::Decroissance(moitie) => 0.5f64.powf((minutes / moitie).powi(2)),
            Attenuation::Paliers(paliers) => {
                paliers.iter().find(|p| minutes <= p.minutes).map_or(0.0, |p| p.poids)
            }
        }
    }

    /// The longest trip that counts, in minutes.
    pub fn portee(&self) -> f64 {
        match &self.attenuation {
            Attenuation::Decroissance(moitie) => moitie * (-POIDS_NEGLIGEABLE.log2()).sqrt(),
            Attenuation::Paliers(paliers) => paliers.last().map_or(0.0, |p| p.minutes),
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
        let poids = match &self.attenuation {
            Attenuation::Decroissance(moitie) => format!(
                "une place compte de moins en moins avec le temps de trajet, pour moitié à {}\u{a0}minutes et pour rien au-delà de {:.0}",
                nombre(*moitie),
                self.portee()
            ),
            Attenuation::Paliers(paliers) => {
                let palier =
                    |p: &Palier| format!("{} jusqu’à {}\u{a0}minutes", nombre(p.poids), nombre(p.minutes));
                let paliers: Vec<String> = paliers.iter().map(palier).collect();
                format!("une place compte pour {}, et pour rien au-delà", paliers.join(", "))
            }
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
    fn des_paliers_comptent_leur_dernier_instant() {
        let parametres = ParametresAccessibilite::default().par_paliers([10.0, 15.0, 20.0]);
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
            attenuation: Attenuation::Decroissance(12.0),
            ..ParametresAccessibilite::default()
        };
        assert_eq!((decroissance.poids(0.0), decroissance.poids(12.0)), (1.0, 0.5));
        assert!(decroissance.poids(decroissance.portee()) >= 0.0099);
        assert_eq!(decroissance.poids(decroissance.portee() + 0.1), 0.0);
    }

    /// Distances are not known to a hundred metres: by default none changes what a place is worth by more than two
    /// hundredths.
    #[test]
    fn cent_metres_ne_changent_presque_rien() {
        let parametres = ParametresAccessibilite::default();
        let pas = parametres.minutes(0.1);
        let mut minutes = 0.0;
        while minutes < 40.0 {
            let ecart = parametres.poids(minutes) - parametres.poids(minutes + pas);
            assert!((0.0..0.02).contains(&ecart), "{ecart} à {minutes} minutes");
            minutes += pas;
        }
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
            ("paliers = [{ minutes = 10, poids = 1 }]\ndecroissance_minutes = 8", "l’un des deux"),
            ("vitesse = 40", "vitesse"),
        ] {
            let message = toml::from_str::<ParametresAccessibilite>(texte).unwrap_err().to_string();
            assert!(message.contains(attendu), "{texte} : {message}");
        }
        let lire = |texte| toml::from_str::<ParametresAccessibilite>(texte).unwrap();
        assert_eq!(lire("detour = 1.5"), ParametresAccessibilite { detour: 1.5, ..Default::default() });
        let paliers = "paliers = [{ minutes = 10, poids = 1 }, { minutes = 15, poids = 0.68 }, { minutes = 20, poids = 0.22 }]";
        assert_eq!(lire(paliers), ParametresAccessibilite::default().par_paliers([10.0, 15.0, 20.0]));
    }
}
