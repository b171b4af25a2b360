//! Encryption of a whole backup under a passphrase: XChaCha20-Poly1305 in pieces (the STREAM construction), under a key
//! that Argon2id makes of the passphrase. A piece cannot be changed, moved, left out or cut off unnoticed.

use std::io::{self, Read, Write};

use aead_stream::{DecryptorBE32, EncryptorBE32};
use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, aead::Payload};
use mc_base::{Random, SecretString};
use secrecy::ExposeSecret;

/// What an encrypted backup begins with.
pub(super) const MAGIC: &[u8; 8] = b"MCCRYPT1";
/// Plain bytes of each piece but the last, which has as many or fewer.
const PIECE: usize = 64 * 1024;
const TAG: usize = 16;
const SALT: usize = 16;
const NONCE: usize = 19;
const HEADER: usize = MAGIC.len() + 4 + 4 + SALT + NONCE;
/// Memory in KiB and passes of Argon2id for new backups.
const COST: Cost = Cost { memory_kib: 64 * 1024, passes: 3 };
/// The most that a backup may ask for: its header is read before anything proves that it is ours.
const COST_MAX: Cost = Cost { memory_kib: 1024 * 1024, passes: 16 };

#[derive(Clone, Copy)]
struct Cost {
    memory_kib: u32,
    passes: u32,
}

/// What stands in front of the pieces, and is authenticated with each of them.
struct Header([u8; HEADER]);

impl Header {
    fn new(random: &Random) -> Self {
        let (salt, nonce): ([u8; SALT], [u8; NONCE]) = (random.bytes(), random.bytes());
        let parts: [&[u8]; 5] =
            [MAGIC, &COST.memory_kib.to_be_bytes(), &COST.passes.to_be_bytes(), &salt, &nonce];
        Self(parts.concat().try_into().expect("the parts are as long as the header"))
    }

    fn cost(&self) -> Cost {
        let number = |at: usize| {
            u32::from_be_bytes(self.0[at..at + 4].try_into().expect("four bytes of a header of fixed length"))
        };
        Cost { memory_kib: number(8), passes: number(12) }
    }

    fn nonce(&self) -> [u8; NONCE] {
        *self.0.last_chunk().expect("the header ends with the nonce")
    }

    fn cipher(&self, passphrase: &SecretString) -> io::Result<XChaCha20Poly1305> {
        let cost = self.cost();
        if cost.memory_kib > COST_MAX.memory_kib || cost.passes > COST_MAX.passes {
            return Err(invalid("the encrypted backup asks for more work than any of ours"));
        }
        let params = Params::new(cost.memory_kib, cost.passes, 1, Some(32))
            .map_err(|_| invalid("the header of the encrypted backup is damaged"))?;
        let mut key = [0; 32];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.expose_secret().as_bytes(), &self.0[16..16 + SALT], &mut key)
            .map_err(|_| invalid("no key can be made of the passphrase"))?;
        Ok(XChaCha20Poly1305::new(&key.into()))
    }
}

fn invalid(text: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text)
}

/// Writes encrypted pieces. What was written is complete only after [`Encrypting::finish`].
pub(super) struct Encrypting<W> {
    inner: W,
    header: Header,
    stream: EncryptorBE32<XChaCha20Poly1305>,
    piece: Vec<u8>,
}

impl<W: Write> Encrypting<W> {
    pub(super) fn new(mut inner: W, passphrase: &SecretString, random: &Random) -> io::Result<Self> {
        let header = Header::new(random);
        let stream = EncryptorBE32::from_aead(header.cipher(passphrase)?, &header.nonce().into());
        inner.write_all(&header.0)?;
        Ok(Self { inner, header, stream, piece: Vec::with_capacity(PIECE) })
    }

    pub(super) fn finish(mut self) -> io::Result<W> {
        let payload = Payload { msg: &self.piece, aad: &self.header.0 };
        let sealed = self.stream.encrypt_last(payload).map_err(|_| invalid("the end cannot be encrypted"))?;
        self.inner.write_all(&sealed)?;
        Ok(self.inner)
    }
}

impl<W: Write> Write for Encrypting<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A full piece is written only when more follows: the last one is marked as such.
        if self.piece.len() == PIECE {
            let payload = Payload { msg: &self.piece, aad: &self.header.0 };
            let sealed = self
                .stream
                .encrypt_next(payload)
                .map_err(|_| invalid("the backup is too long to encrypt"))?;
            self.inner.write_all(&sealed)?;
            self.piece.clear();
        }
        let taken = bytes.len().min(PIECE - self.piece.len());
        self.piece.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Reads what [`Encrypting`] wrote. No byte of a piece is given out before the piece has been authenticated.
pub(super) struct Decrypting<R> {
    inner: R,
    header: Header,
    stream: Option<DecryptorBE32<XChaCha20Poly1305>>,
    sealed: Vec<u8>,
    plain: Vec<u8>,
    given: usize,
}

impl<R: Read> Decrypting<R> {
    pub(super) fn new(mut inner: R, passphrase: &SecretString) -> io::Result<Self> {
        let mut header = Header([0; HEADER]);
        inner.read_exact(&mut header.0).map_err(|_| invalid("the encrypted backup ends in its header"))?;
        let stream = DecryptorBE32::from_aead(header.cipher(passphrase)?, &header.nonce().into());
        let mut reader =
            Self { inner, header, stream: Some(stream), sealed: Vec::new(), plain: Vec::new(), given: 0 };
        reader.fill()?;
        Ok(reader)
    }

    /// Reads on until there is a whole piece and one byte of the next, which tells whether it is the last.
    fn fill(&mut self) -> io::Result<()> {
        let wanted = (PIECE + TAG + 1).saturating_sub(self.sealed.len());
        (&mut self.inner).take(wanted as u64).read_to_end(&mut self.sealed)?;
        Ok(())
    }

    fn next_piece(&mut self) -> io::Result<()> {
        let wrong = |_| invalid("the passphrase is wrong, or the encrypted backup is damaged");
        let Some(mut stream) = self.stream.take() else { return Ok(()) };
        if self.sealed.len() > PIECE + TAG {
            let payload = Payload { msg: &self.sealed[..PIECE + TAG], aad: &self.header.0 };
            self.plain = stream.decrypt_next(payload).map_err(wrong)?;
            self.sealed.drain(..PIECE + TAG);
            self.stream = Some(stream);
            self.fill()?;
        } else {
            let payload = Payload { msg: &self.sealed, aad: &self.header.0 };
            self.plain = stream.decrypt_last(payload).map_err(wrong)?;
        }
        self.given = 0;
        Ok(())
    }
}

impl<R: Read> Read for Decrypting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given == self.plain.len() {
            self.plain.clear();
            self.given = 0;
            self.next_piece()?;
        }
        let count = buffer.len().min(self.plain.len() - self.given);
        buffer[..count].copy_from_slice(&self.plain[self.given..self.given + count]);
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encrypted(plain: &[u8], passphrase: &str) -> Vec<u8> {
        let mut writer = Encrypting::new(Vec::new(), &passphrase.into(), &Random::seeded(1)).unwrap();
        writer.write_all(plain).unwrap();
        writer.finish().unwrap()
    }

    fn decrypted(sealed: &[u8], passphrase: &str) -> io::Result<Vec<u8>> {
        let mut plain = Vec::new();
        Decrypting::new(sealed, &passphrase.into())?.read_to_end(&mut plain)?;
        Ok(plain)
    }

    #[test]
    fn what_was_written_is_read_again_whatever_its_length() {
        for length in [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 3 * PIECE + 7] {
            let plain: Vec<u8> = (0..length).map(|number| (number % 251) as u8).collect();
            let sealed = encrypted(&plain, "correct horse");
            assert_eq!(decrypted(&sealed, "correct horse").unwrap(), plain, "{length}");
            assert!(length < 100 || !sealed.windows(50).any(|window| window == &plain[..50]));
        }
    }

    #[test]
    fn another_passphrase_a_changed_byte_and_a_missing_end_are_refused() {
        let sealed = encrypted(&vec![7; 2 * PIECE + 9], "correct horse");
        assert!(decrypted(&sealed, "battery staple").is_err());
        for position in [20, HEADER - 1, HEADER, HEADER + PIECE + 30, sealed.len() - 1] {
            let mut changed = sealed.clone();
            changed[position] ^= 1;
            assert!(decrypted(&changed, "correct horse").is_err(), "byte {position}");
        }
        for end in [HEADER - 1, HEADER, HEADER + PIECE + TAG, sealed.len() - 1] {
            assert!(decrypted(&sealed[..end], "correct horse").is_err(), "cut at {end}");
        }
        let mut swapped = sealed[..HEADER].to_vec();
        swapped.extend_from_slice(&sealed[HEADER + PIECE + TAG..HEADER + 2 * (PIECE + TAG)]);
        swapped.extend_from_slice(&sealed[HEADER..HEADER + PIECE + TAG]);
        swapped.extend_from_slice(&sealed[HEADER + 2 * (PIECE + TAG)..]);
        assert!(decrypted(&swapped, "correct horse").is_err(), "pieces in another order");
    }

    #[test]
    fn a_header_cannot_ask_for_any_amount_of_memory() {
        let mut sealed = encrypted(b"text", "correct horse");
        sealed[8..12].copy_from_slice(&u32::MAX.to_be_bytes());
        let error = decrypted(&sealed, "correct horse").unwrap_err();
        assert!(error.to_string().contains("more work"), "{error}");
    }
}
