//! O06: a random source that is not made for secrets.
use backstop::Builder;
use rand_core::TryRng;

struct Weak(u64);

impl TryRng for Weak {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        self.try_next_u64().map(|number| number as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        Ok(self.0)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        bytes.fill(4);
        Ok(())
    }
}

fn weaken(builder: Builder) -> Builder {
    builder.entropy(Weak(4))
}

fn main() {}
