//! The model: a fictional territory, whole and clean.

use super::{
    Agrement, Assistante, Commune, Comptes, ErreurSimulation, Mam, Parametres, Structure, carrieres,
    communes, petite_enfance, structures,
};

/// A fictional territory. Ranks of communes and MAM in the other fields are places in these vectors.
#[derive(Debug, Clone)]
pub struct Territoire {
    /// The parameters it was made from.
    pub parametres: Parametres,
    /// The members, largest first.
    pub communes: Vec<Commune>,
    /// The communes around.
    pub voisines: Vec<Commune>,
    /// Everyone who stands on at least one list.
    pub assistantes: Vec<Assistante>,
    /// The MAM.
    pub mam: Vec<Mam>,
    /// EAJE and MAM.
    pub structures: Vec<Structure>,
    /// For each year, the counts of each member, in the order of `communes`.
    pub comptes: Vec<(i32, Vec<Comptes>)>,
}

impl Territoire {
    /// Makes a territory out of nothing but the parameters.
    ///
    /// # Errors
    /// If the parameters contradict each other.
    pub fn imaginer(parametres: &Parametres) -> Result<Self, ErreurSimulation> {
        parametres.verifier()?;
        let (communes, voisines) = communes::peupler(parametres)?;
        let (assistantes, mam) = carrieres::derouler(parametres, &communes);
        let structures = structures::ouvrir(parametres, &communes, &assistantes, &mam);
        let comptes = petite_enfance::compter(parametres, &communes, &assistantes, &structures);
        let parametres = parametres.clone();
        Ok(Self { parametres, communes, voisines, assistantes, mam, structures, comptes })
    }

    /// The assistants maternels of a year, with their agrément.
    pub fn liste(&self, annee: i32) -> impl Iterator<Item = (&Assistante, &Agrement)> {
        self.assistantes.iter().filter_map(move |a| a.agrements.get(&annee).map(|agrement| (a, agrement)))
    }

    /// The members by code.
    pub(super) fn communes_par_code(&self) -> Vec<(usize, &Commune)> {
        let mut communes: Vec<_> = self.communes.iter().enumerate().collect();
        communes.sort_by_key(|(_, c)| c.code);
        communes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_territoire_plus_grand_se_tient_aussi() {
        let parametres = Parametres::demo(3).agrandi(3);
        let territoire = Territoire::imaginer(&parametres).expect("territoire");
        assert_eq!(territoire.communes.len(), 45);
        assert_eq!(territoire.liste(2024).count(), 3 * 312);
        assert_eq!(territoire.liste(2024).map(|(_, a)| a.places).sum::<u32>(), 3 * 1_092);
        assert_eq!(territoire.mam.len(), 36);
    }

    #[test]
    fn les_codes_se_suivent_et_les_voisines_ont_un_autre_epci() {
        let territoire = Territoire::imaginer(&Parametres::demo(2024)).expect("territoire");
        let codes: Vec<String> =
            territoire.communes_par_code().iter().map(|(_, c)| c.code.to_string()).collect();
        assert_eq!((codes[0].as_str(), codes[14].as_str()), ("96001", "96015"));
        assert!(territoire.voisines.iter().all(|v| v.epci.0 != "249600013"));
        assert!(territoire.voisines.iter().all(|v| v.code.as_str() > "96015"));
    }
}
