//! What can run side by side on a consortium.

/// How many that only use the consortium run at the same time: most of their time they wait for blocks, and now and then each wants a core.
const SIDE_BY_SIDE: usize = 6;

/// What somebody does to the consortium that is not only theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manners {
	/// Uses it, with people and patients of their own.
	Uses,
	/// Takes this member's gateway or node away for a while, and needs no other member's.
	Disturbs(usize),
	/// Changes what all of them rely on.
	Alone,
}

/// Whether the next one may begin while these run.
pub fn fits(next: Manners, running: &[Manners]) -> bool {
	match next {
		Manners::Uses => running.len() < SIDE_BY_SIDE && running.iter().all(|other| *other == Manners::Uses),
		Manners::Disturbs(member) => {
			running.iter().all(|other| matches!(other, Manners::Disturbs(disturbed) if *disturbed != member))
		}
		Manners::Alone => running.is_empty(),
	}
}

#[cfg(test)]
mod tests {
	use super::{Manners::*, *};

	#[test]
	fn users_run_side_by_side_up_to_a_bound() {
		assert!(fits(Uses, &[]));
		assert!(fits(Uses, &[Uses; SIDE_BY_SIDE - 1]));
		assert!(!fits(Uses, &[Uses; SIDE_BY_SIDE]));
	}

	#[test]
	fn who_disturbs_a_member_runs_beside_those_who_disturb_others_only() {
		assert!(fits(Disturbs(2), &[Disturbs(3)]));
		assert!(!fits(Disturbs(2), &[Disturbs(3), Disturbs(2)]));
		for others in [[Uses], [Alone]] {
			assert!(!fits(Disturbs(2), &others));
			assert!(!fits(Alone, &others));
		}
		assert!(!fits(Uses, &[Disturbs(2)]));
	}

	#[test]
	fn who_changes_everything_runs_alone() {
		assert!(fits(Alone, &[]));
		assert!(!fits(Alone, &[Disturbs(1)]));
		assert!(!fits(Uses, &[Alone]));
	}
}
