/** A tensor inside an object, as the host's console shows it. */
import { tensor } from 'gradtape';

console.log({ x: tensor([1, 2.5]) });
