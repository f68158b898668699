const amqp = require("amqplib");
const { readFileSync } = require("node:fs");

const password = process.env.QUEUE_PASSWORD_FILE
  ? readFileSync(process.env.QUEUE_PASSWORD_FILE, "utf8").trim()
  : process.env.QUEUE_PASSWORD;

async function main() {
  const connection = await amqp.connect({ hostname: "queue", username: "shop", password });
  const channel = await connection.createChannel();
  await channel.assertQueue("orders");
  await channel.consume("orders", (order) => order && channel.ack(order));
}

main();
