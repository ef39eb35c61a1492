//! The key that follows a person from one list to the next without saying who it is.

use crate::territory::cle_litterale;
use chrono::NaiveDate;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Words before a name, folded, that are no part of it.
const CIVILITES: [&str; 7] = ["m", "mr", "mme", "mlle", "madame", "monsieur", "mademoiselle"];

/// A keyed hash (HMAC-SHA-256). The key stays in a local file and never enters a report: without it
/// nobody can test whether a known name is behind a pseudonym.
#[derive(Clone)]
pub struct Pseudonymes {
    /// Ready with the key: only what is hashed is added, for hundreds of thousands of rows.
    hachage: Hmac<Sha256>,
}

impl std::fmt::Debug for Pseudonymes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pseudonymes(clé secrète)")
    }
}

impl Pseudonymes {
    /// With the key of the territory.
    pub fn new(cle: [u8; 32]) -> Self {
        // A key is completed by zeros up to the block of the hash: so says HMAC itself (RFC 2104).
        let mut bloc = [0; 64];
        bloc[..cle.len()].copy_from_slice(&cle);
        Self { hachage: Hmac::new(&bloc.into()) }
    }

    /// The pseudonyms of a person, whatever the accents, capitals and hyphens, and whether the first name stands before the
    /// family name, after it, or in a cell of its own: of the name alone, and, where it is known, with the birth date.
    pub fn personne(&self, nom: &str, prenom: &str, naissance: Option<NaiveDate>) -> (u64, Option<u64>) {
        let (nom, prenom) = (cle_litterale(nom), cle_litterale(prenom));
        let mots = nom.split(' ').chain(prenom.split(' ')).filter(|mot| !CIVILITES.contains(mot));
        let mut mots: Vec<&str> = mots.filter(|mot| !mot.is_empty()).collect();
        mots.sort_unstable();
        let mots = mots.join(" ");
        let datee = |jour: NaiveDate| self.condenser(&["personne", &mots, &jour.to_string()]);
        (self.condenser(&["nom", &mots]), naissance.map(datee))
    }

    /// The pseudonym of a first name and a birth date: what stays of a person whose family name changes. None without a
    /// first name, of which an initial is not enough.
    pub fn prenom(&self, prenom: &str, naissance: NaiveDate) -> Option<u64> {
        let prenom = cle_litterale(prenom);
        let entier = prenom.split(' ').any(|mot| mot.chars().count() > 1);
        entier.then(|| self.condenser(&["prenom", &prenom, &naissance.to_string()]))
    }

    /// The pseudonym of a family name and a birth date: what stays of a person whose first name is written otherwise. `nom`
    /// has no first name in it.
    pub fn famille(&self, nom: &str, naissance: NaiveDate) -> u64 {
        self.condenser(&["famille", &cle_litterale(nom), &naissance.to_string()])
    }

    /// The pseudonym of a place (the name of a MAM, or its address when it has none).
    pub fn lieu(&self, commune: &str, lieu: &str) -> u64 {
        self.condenser(&["lieu", commune, &cle_litterale(lieu)])
    }

    /// What tells this key from another, without giving it.
    pub fn marque(&self) -> u64 {
        self.condenser(&["marque"])
    }

    fn condenser(&self, parties: &[&str]) -> u64 {
        let mut hachage = self.hachage.clone();
        for partie in parties {
            hachage.update(partie.as_bytes());
            hachage.update(&[0x1f]);
        }
        let octets = hachage.finalize().into_bytes();
        octets.iter().take(8).fold(0, |acc, octet| (acc << 8) | u64::from(*octet))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn la_meme_personne_garde_son_pseudonyme_malgre_l_ecriture() {
        let cle = Pseudonymes::new([7; 32]);
        let jour = NaiveDate::from_ymd_opt(1970, 5, 2);
        let personne = |nom: &str, prenom: &str| cle.personne(nom, prenom, jour);
        assert_eq!(personne("LE GOFF", "ANNE-MARIE"), personne("Le Goff", "Anne Marie"));
        assert_eq!(personne("LEFÈVRE", "Zoé"), personne("Lefevre", "ZOE"));
        assert_ne!(personne("LEFÈVRE", "Zoé").1, personne("Lefevre", "Zoa").1);
        assert_eq!(personne("LEFÈVRE", "Zoé").0, cle.personne("Lefevre", "Zoé", None).0);
        // One cell or two, in either order.
        assert_eq!(personne("Mme LEFEVRE Zoé", ""), personne("Lefèvre", "Zoé"));
        assert_eq!(personne("Zoé", "LEFEVRE"), personne("Lefèvre", "Zoé"));
        assert_ne!(personne("A", "B").0, personne("AB", "").0, "les mots ne se confondent pas");
    }

    #[test]
    fn sans_la_cle_le_pseudonyme_ne_se_retrouve_pas() {
        let nom = |cle: u8| Pseudonymes::new([cle; 32]).personne("A", "B", None).0;
        assert_ne!(nom(7), nom(8));
    }
}
