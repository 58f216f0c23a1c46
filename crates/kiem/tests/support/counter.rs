//! Houses whose company register is a counter of our own on the loopback.

use kiem::engine::register::AccessChange;
use kiem::engine::{Clock, Role};
use kiem_adapters::kvk::counter::KEY;
use kiem_adapters::website::forest::{Leaf, Tree};
use kiem_domain::id::CompanyId;
use kiem_store::testing;
use uuid::Uuid;

use crate::support::{House, tuesday_ten};

pub const NUMBER: &str = "30123456";
pub const PROFILE: &str = "/api/v1/basisprofielen/30123456";

pub fn company_id(n: u32) -> CompanyId {
    CompanyId(Uuid::from_u128((u128::from(n) << 16) + 1))
}

/// Live houses on both databases whose register answers as told, with a key.
pub async fn houses(leaves: &[(&str, Leaf)]) -> Vec<(House, Tree)> {
    let mut made = Vec::new();
    for db in [testing::sqlite().await, testing::postgres().await] {
        let tree = Tree::grow(leaves).await;
        let url = tree.url("/api");
        let setting = |name: &str| match name {
            "KIEM_ALLOW_PRIVATE_ADDRESSES" => Some("true".to_owned()),
            "KIEM_KVK_URL" => Some(url.clone()),
            _ => None,
        };
        let house = House::on(db, Clock::manual(tuesday_ten()), setting).await;
        house.live().await;
        access(&house, Some(KEY), 25_000).await;
        made.push((house, tree));
    }
    made
}

pub async fn access(house: &House, key: Option<&str>, ceiling_mills: i64) {
    let change =
        AccessChange { key: key.map(str::to_owned), price_mills: 20, ceiling_mills, fresh_days: 180 };
    house.engine.put_register_access(&house.caller(Role::Manager), &change).await.unwrap();
}
